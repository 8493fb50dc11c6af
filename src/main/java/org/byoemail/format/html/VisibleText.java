package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a body that a person sees, and what is hidden.
 *
 * @param text the visible text: blocks are lines, list items begin with a dash, quoted lines with
 *     {@code >}, links are followed by their address
 * @param hidden the hidden texts, in order, of bounded size
 * @param preheader the hidden first words of the body, which mail clients show as a preview; empty
 *     if there are none
 * @param alternatives the alternative texts of visible pictures, which {@code text} has as {@code
 *     [image: ...]}
 * @param links the visible links, in order, of bounded number
 * @param script whether it contains a script or an event handler
 * @param form whether it contains form fields
 * @param whole false if markup or styles exceeded a bound, so that the result may be wrong
 */
public record VisibleText(
    String text,
    List<HiddenText> hidden,
    String preheader,
    List<String> alternatives,
    List<DisplayedLink> links,
    boolean script,
    boolean form,
    boolean whole) {

  public VisibleText {
    hidden = List.copyOf(hidden);
    alternatives = List.copyOf(alternatives);
    links = List.copyOf(links);
  }

  /** A text in which nothing is hidden. */
  public static VisibleText of(String text) {
    return new VisibleText(text, List.of(), "", List.of(), List.of(), false, false, true);
  }

  /** A copy with additional hidden texts. */
  public VisibleText withHidden(List<HiddenText> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<HiddenText> all = new ArrayList<>(hidden);
    all.addAll(more);
    return new VisibleText(text, all, preheader, alternatives, links, script, form, whole);
  }

  /** Shows sizes only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return "VisibleText[text=%d, hidden=%d]".formatted(text.length(), hidden.size());
  }
}
