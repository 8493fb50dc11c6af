package org.byoemail.console;

import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Hawtio's pages at {@code /actuator/hawtio}, and what they ask their server. Nothing else of
 * Hawtio's server is there: no login, and no proxy to other servers.
 */
@Controller
@ConditionalOnProperty("byo.hawtio.enabled")
class HawtioPageController implements WebMvcConfigurer {
  private static final String PATH = "/actuator/hawtio";
  private static final String FILES = "hawtio-static/";

  /** Any name but its folders' names. */
  private static final String PAGE = "{page:(?!static$|img$)[a-z-]+}";

  /** The path for which the index was built. */
  private static final String BUILT_FOR = "\"/hawtio/";

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler(PATH + "/static/**")
        .addResourceLocations("classpath:/" + FILES + "static/");
    registry
        .addResourceHandler(PATH + "/img/**")
        .addResourceLocations("classpath:/" + FILES + "img/");
    registry
        .addResourceHandler(PATH + "/*.js", PATH + "/*.ico", PATH + "/*.json")
        .addResourceLocations("classpath:/" + FILES);
  }

  @GetMapping(PATH)
  String atItsFolder() {
    return "redirect:" + PATH + "/";
  }

  /** The one page; its script shows what the rest of the path names. */
  @GetMapping(
      path = {PATH + "/", PATH + "/" + PAGE, PATH + "/" + PAGE + "/{*rest}"},
      produces = MediaType.TEXT_HTML_VALUE)
  @ResponseBody
  String page(HttpServletRequest request) throws IOException {
    String index =
        new ClassPathResource(FILES + "index.html").getContentAsString(StandardCharsets.UTF_8);
    return index.replace(BUILT_FOR, "\"" + request.getContextPath() + PATH + "/");
  }

  /** Who has logged in, as a JSON string. */
  @GetMapping(path = PATH + "/user", produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseBody
  TextNode user(Principal user) {
    return TextNode.valueOf(user.getName());
  }

  /** Neither plugins nor logins of its own. */
  @GetMapping(
      path = {PATH + "/plugin", PATH + "/auth/config"},
      produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseBody
  List<String> nothing() {
    return List.of();
  }

  @GetMapping(
      path = {PATH + "/keycloak/enabled", PATH + "/proxy/enabled"},
      produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseBody
  boolean disabled() {
    return false;
  }

  /** The console has the button that logs out. */
  @GetMapping(PATH + "/auth/logout")
  String console() {
    return "redirect:/console";
  }
}
