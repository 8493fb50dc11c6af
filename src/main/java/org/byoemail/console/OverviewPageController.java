package org.byoemail.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.byoemail.platform.traffic.Traffic;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The first page: what needs a person's attention, and how much mail comes and leaves. */
@Controller
class OverviewPageController {
  private final Attention attention;
  private final Traffic traffic;
  private final OwnAttention own;

  OverviewPageController(Attention attention, Traffic traffic, OwnAttention own) {
    this.own = own;
    this.attention = attention;
    this.traffic = traffic;
  }

  @GetMapping("/console/overview")
  String overview(@RequestParam(defaultValue = "hour") String span, Model model) {
    // Gauges and traffic cover all organisations.
    boolean all = Viewer.seesAll();
    model.addAttribute("items", all ? attention.items() : own.items(Viewer.caller()));
    model.addAttribute("traffic", all ? TrafficView.of(traffic, TrafficView.span(span)) : null);
    return "overview";
  }

  /** Serves htmx and uPlot from their jars. */
  @Configuration(proxyBeanMethods = false)
  static class Scripts implements WebMvcConfigurer {
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
      serve(registry, "/console/htmx/**", "htmx.org");
      serve(registry, "/console/uplot/**", "uplot");
    }

    private static void serve(ResourceHandlerRegistry registry, String path, String name) {
      registry
          .addResourceHandler(path)
          .addResourceLocations(
              "classpath:/META-INF/resources/webjars/" + name + "/" + version(name) + "/dist/");
    }

    private static String version(String name) {
      Properties properties = new Properties();
      try (InputStream in =
          new ClassPathResource("META-INF/maven/org.webjars.npm/" + name + "/pom.properties")
              .getInputStream()) {
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("the jar of " + name + " is missing", e);
      }
      return properties.getProperty("version");
    }
  }
}
