package org.byoemail.format.mime;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.html.ShownLink;
import org.byoemail.format.html.VisibleText;

/** Joins the visible texts of the bodies of one mail. */
final class BodyText {
  private final StringBuilder text = new StringBuilder();
  private final List<HiddenText> hidden = new ArrayList<>();
  private final List<String> alternatives = new ArrayList<>();
  private final List<ShownLink> links = new ArrayList<>();
  private String preheader = "";
  private boolean script;
  private boolean form;
  private boolean whole = true;

  void add(VisibleText body) {
    text.append(text.isEmpty() || body.text().isEmpty() ? "" : "\n\n").append(body.text());
    hidden.addAll(body.hidden());
    alternatives.addAll(body.alternatives());
    links.addAll(body.links());
    preheader = preheader.isEmpty() ? body.preheader() : preheader;
    script |= body.script();
    form |= body.form();
    whole &= body.whole();
  }

  int length() {
    return text.length();
  }

  VisibleText cutAt(int length) {
    int end = Math.min(text.length(), length);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return new VisibleText(
        text.substring(0, end), hidden, preheader, alternatives, links, script, form, whole);
  }
}
