package org.byoemail.api.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The guide under {@code /docs}: its pages, as HTML and as Markdown, and the search. */
@Controller
class GuideController {
  private static final String MARKDOWN = "text/markdown;charset=UTF-8";

  private final Guide guide;
  private final GuideSearch search;

  GuideController(Guide guide, GuideSearch search) {
    this.guide = guide;
    this.search = search;
  }

  @GetMapping("/docs")
  String first(Model model) {
    return show("", model);
  }

  @GetMapping("/docs/{page:[a-z0-9-]+}")
  String page(@PathVariable String page, Model model) {
    return show(page, model);
  }

  @GetMapping("/docs/{folder:adr|providers}/{page:[A-Za-z0-9.-]+}")
  String page(@PathVariable String folder, @PathVariable String page, Model model) {
    return show(folder + "/" + page, model);
  }

  private String show(String path, Model model) {
    GuidePage page = find(path);
    model.addAttribute("page", page);
    model.addAttribute("groups", guide.groups());
    model.addAttribute("before", guide.neighbor(page, -1));
    model.addAttribute("after", guide.neighbor(page, 1));
    return "docs/guide";
  }

  @GetMapping(path = "/docs/{page:[a-z0-9-]+}.md", produces = MARKDOWN)
  @ResponseBody
  String markdown(@PathVariable String page) {
    return find(page.equals("index") ? "" : page).markdown();
  }

  @GetMapping(path = "/docs/{folder:adr|providers}/{page:[A-Za-z0-9.-]+}.md", produces = MARKDOWN)
  @ResponseBody
  String markdown(@PathVariable String folder, @PathVariable String page) {
    return find(folder + "/" + page).markdown();
  }

  private GuidePage find(String path) {
    return guide.page(path).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
  }

  @GetMapping("/docs/search")
  String search(@RequestParam(defaultValue = "") String q, Model model) {
    model.addAttribute("q", String.join(" ", GuideSearch.words(q)));
    model.addAttribute("hits", search.find(q));
    model.addAttribute("most", GuideSearch.MAX_HITS);
    model.addAttribute("groups", guide.groups());
    return "docs/search";
  }

  /** What a language model reads first (llmstxt.org): the contract, and each page as Markdown. */
  @GetMapping(path = "/llms.txt", produces = MediaType.TEXT_PLAIN_VALUE + ";charset=UTF-8")
  @ResponseBody
  String llms() {
    StringBuilder text = new StringBuilder();
    try {
      text.append(
          new ClassPathResource("openapi/llms.txt").getContentAsString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("openapi/llms.txt is missing", e);
    }
    for (Guide.Group group : guide.groups()) {
      text.append("\n## ").append(group.title()).append("\n\n");
      for (Guide.Entry entry : group.entries()) {
        String source = guide.page(entry.path()).map(GuidePage::source).orElse(entry.address());
        text.append("- [").append(entry.title()).append("](").append(source).append(')');
        text.append(entry.about().isEmpty() ? "" : ": " + entry.about()).append('\n');
      }
    }
    List<GuidePage> others = others();
    if (!others.isEmpty()) {
      text.append("\n## Optional\n\n");
      others.forEach(
          page ->
              text.append("- [")
                  .append(page.title())
                  .append("](")
                  .append(page.source())
                  .append(")\n"));
    }
    return text.toString();
  }

  /** Pages that the first page does not list, such as providers and decisions. */
  private List<GuidePage> others() {
    List<String> listed =
        guide.groups().stream()
            .flatMap(group -> group.entries().stream())
            .map(Guide.Entry::path)
            .toList();
    return guide.pages().stream()
        .filter(page -> !page.path().isEmpty() && !listed.contains(page.path()))
        .toList();
  }

  /** Serves the pictures of pages. */
  @Configuration(proxyBeanMethods = false)
  static class Pictures implements WebMvcConfigurer {
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
      registry
          .addResourceHandler("/docs/pictures/**")
          .addResourceLocations("classpath:/guide/docs/pictures/");
    }
  }
}
