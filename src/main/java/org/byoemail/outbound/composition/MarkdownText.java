package org.byoemail.outbound.composition;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.ListBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;

/**
 * Markdown as plain text for those who read no HTML: quotes have {@code >}, links their address in
 * angle brackets, lists their numbers and indentation, tables one line per row, images their
 * description.
 */
final class MarkdownText extends AbstractVisitor {
  // Each level indents all lines within it: a person's text is far below these.
  private static final int MAX_DEPTH = 50;
  private static final int TIMES_LONGER = 4;
  private static final int LONGER = 64 << 10;

  private final int depth;
  private final int maxLength;
  private final List<String> blocks = new ArrayList<>();
  private StringBuilder inline = new StringBuilder();

  private MarkdownText(int depth, int maxLength) {
    if (depth > MAX_DEPTH) {
      throw new TooNested();
    }
    this.depth = depth;
    this.maxLength = maxLength;
  }

  /** Quotes and lists are nested so deeply that the text would be many times as long. */
  static final class TooNested extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooNested() {
      super("too deeply nested", null, false, false);
    }
  }

  /**
   * The text of a document.
   *
   * @param length of the Markdown
   * @throws TooNested if it is nested too deeply, or its text would be many times as long
   */
  static String of(Node document, int length) {
    MarkdownText text = new MarkdownText(0, TIMES_LONGER * length + LONGER);
    text.visitChildren(document);
    return String.join("\n\n", text.blocks);
  }

  /** The blocks within a node, as one text. */
  private String inner(Node node, String between) {
    MarkdownText text = new MarkdownText(depth + 1, maxLength);
    text.visitChildren(node);
    return String.join(between, text.blocks);
  }

  private void block(Node node) {
    blocks.add(inlined(node));
  }

  private String inlined(Node node) {
    StringBuilder outer = inline;
    inline = new StringBuilder();
    visitChildren(node);
    String text = inline.toString();
    inline = outer;
    return text;
  }

  @Override
  public void visit(Paragraph paragraph) {
    block(paragraph);
  }

  @Override
  public void visit(Heading heading) {
    block(heading);
  }

  @Override
  public void visit(ThematicBreak line) {
    blocks.add("----------");
  }

  @Override
  public void visit(BlockQuote quote) {
    blocks.add(indented(inner(quote, "\n\n"), "> ", "> ").replaceAll("(?m)^> $", ">"));
  }

  @Override
  public void visit(FencedCodeBlock code) {
    blocks.add(code.getLiteral().stripTrailing());
  }

  @Override
  public void visit(IndentedCodeBlock code) {
    blocks.add(indented(code.getLiteral().stripTrailing(), "    ", "    "));
  }

  @Override
  public void visit(HtmlBlock html) {
    blocks.add(html.getLiteral());
  }

  @Override
  public void visit(BulletList list) {
    list(list, -1, "");
  }

  @Override
  public void visit(OrderedList list) {
    Integer start = list.getMarkerStartNumber();
    String delimiter = list.getMarkerDelimiter();
    list(list, start == null ? 1 : start, delimiter == null ? "." : delimiter);
  }

  private void list(ListBlock list, int start, String delimiter) {
    List<String> items = new ArrayList<>();
    int number = start;
    for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
      if (item instanceof ListItem) {
        String marker = start < 0 ? "- " : number + delimiter + " ";
        String content = inner(item, list.isTight() ? "\n" : "\n\n");
        items.add(indented(content, marker, " ".repeat(marker.length())));
        number++;
      }
    }
    blocks.add(String.join(list.isTight() ? "\n" : "\n\n", items));
  }

  private String indented(String text, String first, String others) {
    long lines = text.chars().filter(c -> c == '\n').count();
    if (text.length() + lines * others.length() > maxLength) {
      throw new TooNested();
    }
    return first + text.replace("\n", "\n" + others);
  }

  @Override
  public void visit(CustomBlock block) {
    if (block instanceof TableBlock) {
      List<String> rows = new ArrayList<>();
      rows(block, rows);
      blocks.add(String.join("\n", rows));
    } else {
      visitChildren(block);
    }
  }

  private void rows(Node node, List<String> rows) {
    for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
      if (child instanceof TableRow) {
        List<String> cells = new ArrayList<>();
        for (Node cell = child.getFirstChild(); cell != null; cell = cell.getNext()) {
          cells.add(inlined(cell));
        }
        rows.add(String.join(" | ", cells));
      } else {
        rows(child, rows);
      }
    }
  }

  @Override
  public void visit(CustomNode node) {
    visitChildren(node);
  }

  @Override
  public void visit(Text text) {
    inline.append(text.getLiteral());
  }

  @Override
  public void visit(Code code) {
    inline.append(code.getLiteral());
  }

  @Override
  public void visit(HtmlInline html) {
    inline.append(html.getLiteral());
  }

  @Override
  public void visit(SoftLineBreak line) {
    inline.append('\n');
  }

  @Override
  public void visit(HardLineBreak line) {
    inline.append('\n');
  }

  @Override
  public void visit(Link link) {
    String words = inlined(link);
    String target = link.getDestination();
    inline.append(words);
    if (!target.isEmpty() && !target.equals(words) && !target.equals("mailto:" + words)) {
      inline.append(words.isEmpty() ? "<" : " <").append(target).append('>');
    }
  }

  @Override
  public void visit(Image image) {
    inline.append(inlined(image));
  }
}
