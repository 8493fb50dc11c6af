package org.byoemail.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The first page: what needs a person's attention. */
@Controller
class OverviewPageController {
  private final Attention attention;

  OverviewPageController(Attention attention) {
    this.attention = attention;
  }

  @GetMapping("/console/overview")
  String overview(Model model) {
    model.addAttribute("items", attention.items());
    return "overview";
  }

  /** Serves htmx from its jar. */
  @Configuration(proxyBeanMethods = false)
  static class Htmx implements WebMvcConfigurer {
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
      registry
          .addResourceHandler("/console/htmx/**")
          .addResourceLocations(
              "classpath:/META-INF/resources/webjars/htmx.org/" + version() + "/dist/");
    }

    private static String version() {
      Properties properties = new Properties();
      try (InputStream in =
          new ClassPathResource("META-INF/maven/org.webjars.npm/htmx.org/pom.properties")
              .getInputStream()) {
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("the jar of htmx is missing", e);
      }
      return properties.getProperty("version");
    }
  }
}
