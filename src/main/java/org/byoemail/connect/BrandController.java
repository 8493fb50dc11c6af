package org.byoemail.connect;

import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** The operator's colours and logo. */
@Controller
class BrandController {
  private static final MediaType CSS = new MediaType("text", "css");
  private static final CacheControl CACHED = CacheControl.maxAge(Duration.ofMinutes(10));

  private final Brand brand;

  BrandController(Brand brand) {
    this.brand = brand;
  }

  @GetMapping("/connect/brand.css")
  ResponseEntity<String> css() {
    return ResponseEntity.ok().contentType(CSS).cacheControl(CACHED).body(brand.css());
  }

  @GetMapping("/connect/logo")
  ResponseEntity<byte[]> logo() {
    return brand.hasLogo()
        ? ResponseEntity.ok().contentType(brand.logoType()).cacheControl(CACHED).body(brand.logo())
        : ResponseEntity.notFound().build();
  }
}
