package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.List;

/**
 * What a person sees of a body, and what is kept from them.
 *
 * @param text what is seen: blocks are lines, list items have a dash, links their address, quoted
 *     lines {@code >}
 * @param hidden what is not seen, in order, of bounded size
 * @param preheader the hidden first words of the body, which lists of mails show beside the
 *     subject; empty if there are none
 * @param alternatives the alternative texts of visible pictures, which {@code text} has as {@code
 *     [image: ...]}
 * @param links the visible links, in order, of bounded number
 * @param script whether it holds a script or a handler of events
 * @param form whether it holds fields to fill in
 * @param whole false if markup or styles were beyond a bound, so that something may be judged wrong
 */
public record VisibleText(
    String text,
    List<HiddenText> hidden,
    String preheader,
    List<String> alternatives,
    List<ShownLink> links,
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

  /** The same with more that is hidden. */
  public VisibleText withHidden(List<HiddenText> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<HiddenText> all = new ArrayList<>(hidden);
    all.addAll(more);
    return new VisibleText(text, all, preheader, alternatives, links, script, form, whole);
  }

  /** Sizes only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return "VisibleText[text=%d, hidden=%d]".formatted(text.length(), hidden.size());
  }
}
