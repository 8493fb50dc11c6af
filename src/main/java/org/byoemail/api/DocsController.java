package org.byoemail.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.byoemail.platform.access.ProblemCode;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The reference of the API and the pages of its error codes, open to everybody like the OpenAPI
 * document: they show nothing of this gateway's data, and ask no other host.
 */
@Controller
class DocsController {
  /** A code as its page shows it. */
  public record CodePage(String word, int status, String meaning, String remedy) {
    static CodePage of(ProblemCode code) {
      return new CodePage(code.word(), code.status().value(), code.meaning(), code.remedy());
    }
  }

  @GetMapping("/docs/api")
  String reference() {
    return "docs/api";
  }

  @GetMapping(ProblemCode.PATH)
  String codes(Model model) {
    model.addAttribute("codes", Arrays.stream(ProblemCode.values()).map(CodePage::of).toList());
    return "docs/errors";
  }

  @GetMapping(ProblemCode.PATH + "/{code}")
  String code(@PathVariable String code, Model model) {
    model.addAttribute(
        "codes",
        List.of(
            ProblemCode.of(code)
                .map(CodePage::of)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND))));
    return "docs/errors";
  }

  /** Serves the files of Swagger UI from its jar. */
  @Configuration(proxyBeanMethods = false)
  static class SwaggerUi implements WebMvcConfigurer {
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
      registry
          .addResourceHandler("/docs/swagger-ui/**")
          .addResourceLocations(
              "classpath:/META-INF/resources/webjars/swagger-ui/" + version() + "/");
    }

    private static String version() {
      Properties properties = new Properties();
      try (InputStream in =
          new ClassPathResource("META-INF/maven/org.webjars/swagger-ui/pom.properties")
              .getInputStream()) {
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("the jar of Swagger UI is missing", e);
      }
      return properties.getProperty("version");
    }
  }
}
