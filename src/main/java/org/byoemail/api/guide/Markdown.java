package org.byoemail.api.guide;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.byoemail.api.guide.GuidePage.Section;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Turns Markdown files into pages. Headings have the anchors that GitHub gives them, links between
 * files lead to their pages, and links to files that are not pages are shown as text.
 */
final class Markdown {
  private final Set<String> files;
  private final Parser parser =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();

  /**
   * @param files the files that have pages
   */
  Markdown(Set<String> files) {
    this.files = files;
  }

  /** The page of a file. */
  GuidePage page(String file, String path, String markdown) {
    Node document = parser.parse(markdown);
    document.accept(new Links(file, path));
    Sections sections = new Sections();
    document.accept(sections);
    sections.close();
    Heading title = sections.title;
    if (title != null) {
      title.unlink();
    }
    HtmlRenderer renderer =
        HtmlRenderer.builder()
            .extensions(List.of(TablesExtension.create()))
            .escapeHtml(true)
            .attributeProviderFactory(
                place ->
                    (node, tag, attributes) -> {
                      if (node instanceof Heading heading) {
                        attributes.put("id", sections.anchors.get(heading));
                      }
                      if (tag.equals("pre")) {
                        attributes.put("tabindex", "0");
                      }
                      if (tag.equals("th")) {
                        attributes.put("scope", "col");
                      }
                      attributes.remove("align");
                    })
            .build();
    // Text is escaped, so these are tags, and no table is inside another.
    String html =
        renderer
            .render(document)
            .replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>")
            .replace("</table>", "</table></div>");
    return new GuidePage(
        path, file, sections.found.get(0).title(), markdown, html, List.copyOf(sections.found));
  }

  /** GitHub's anchor: letters, digits, - and _ in lower case, and - for each space. */
  static String anchor(String heading) {
    return heading
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc} -]", "")
        .replace(' ', '-');
  }

  /** A place in the repository that a link names, relative to the file that has it. */
  static String resolved(String file, String target) {
    Path folder = Path.of("/" + file).getParent();
    return folder.resolve(target).normalize().toString().substring(1);
  }

  /** Points links at pages. */
  private final class Links extends AbstractVisitor {
    private final String file;

    /** From the page to the root of this gateway, whatever its context path. */
    private final String root;

    Links(String file, String path) {
      this.file = file;
      String address = GuideFiles.address(path);
      this.root = "../".repeat((int) address.chars().filter(c -> c == '/').count() - 1);
    }

    @Override
    public void visit(Link link) {
      visitChildren(link);
      Optional<String> target = target(link.getDestination());
      if (target.isPresent()) {
        link.setDestination(target.get());
        return;
      }
      Node child = link.getFirstChild();
      while (child != null) {
        Node next = child.getNext();
        link.insertBefore(child);
        child = next;
      }
      link.unlink();
    }

    @Override
    public void visit(Image image) {
      target(image.getDestination()).ifPresent(image::setDestination);
    }

    private Optional<String> target(String destination) {
      if (destination.startsWith("#") || destination.matches("[a-z]+:.*")) {
        return Optional.of(destination);
      }
      if (destination.startsWith("/")) {
        return Optional.of(relative(destination));
      }
      int hash = destination.indexOf('#');
      String anchor = hash < 0 ? "" : destination.substring(hash);
      String place = resolved(file, hash < 0 ? destination : destination.substring(0, hash));
      if (files.contains(place)) {
        return GuideFiles.path(place).map(path -> relative(GuideFiles.address(path)) + anchor);
      }
      return GuideFiles.served(place).map(this::relative);
    }

    private String relative(String address) {
      return root + address.substring(1);
    }
  }

  /** Collects headings and the text below each. */
  private static final class Sections extends AbstractVisitor {
    final List<Section> found = new ArrayList<>();
    final Map<Heading, String> anchors = new IdentityHashMap<>();
    Heading title;

    private final Map<String, Integer> used = new HashMap<>();
    private StringBuilder text = new StringBuilder();
    private String anchor = "";
    private String heading = "";
    private int level = 1;

    void close() {
      found.add(
          new Section(anchor, heading, level, text.toString().replaceAll("\\s+", " ").strip()));
    }

    @Override
    public void visit(Heading node) {
      StringBuilder before = text;
      text = new StringBuilder();
      visitChildren(node);
      String words = text.toString().replaceAll("\\s+", " ").strip();
      text = before;
      String id = anchor(words);
      int times = used.merge(id, 1, Integer::sum);
      if (times > 1) {
        id = id + "-" + (times - 1);
      }
      anchors.put(node, id);
      if (title == null && node.getLevel() == 1) {
        title = node;
        heading = words;
        return;
      }
      close();
      text = new StringBuilder();
      anchor = id;
      heading = words;
      level = node.getLevel();
    }

    @Override
    public void visit(Text node) {
      text.append(node.getLiteral());
    }

    @Override
    public void visit(Code node) {
      text.append(node.getLiteral());
    }

    @Override
    public void visit(SoftLineBreak node) {
      text.append(' ');
    }

    @Override
    public void visit(HardLineBreak node) {
      text.append(' ');
    }

    @Override
    public void visit(FencedCodeBlock node) {
      text.append(' ').append(node.getLiteral()).append(' ');
    }

    @Override
    public void visit(IndentedCodeBlock node) {
      text.append(' ').append(node.getLiteral()).append(' ');
    }

    @Override
    public void visit(Paragraph node) {
      visitChildren(node);
      text.append(' ');
    }

    @Override
    public void visit(ListItem node) {
      visitChildren(node);
      text.append(' ');
    }

    @Override
    public void visit(CustomNode node) {
      visitChildren(node);
      if (node instanceof TableCell) {
        text.append(" · ");
      }
    }
  }
}
