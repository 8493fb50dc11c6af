package org.byoemail.format.mime;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.html.DisplayedLink;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.html.VisibleText;
import org.jspecify.annotations.Nullable;

/** Joins the visible texts of the bodies of one mail. */
final class BodyText {
  /** The first body, as long as there is no other: most mails have one, which needs no copy. */
  private @Nullable VisibleText only;

  private final StringBuilder text = new StringBuilder();
  private final List<HiddenText> hidden = new ArrayList<>();
  private final List<String> alternatives = new ArrayList<>();
  private final List<DisplayedLink> links = new ArrayList<>();
  private String preheader = "";
  private boolean began;
  private boolean script;
  private boolean form;
  private boolean whole = true;

  void add(VisibleText body) {
    if (!began) {
      only = body;
      began = true;
    } else {
      appendOnly();
      append(body);
    }
  }

  private void appendOnly() {
    VisibleText first = only;
    if (first != null) {
      only = null;
      append(first);
    }
  }

  private void append(VisibleText body) {
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
    return only == null ? text.length() : only.text().length();
  }

  VisibleText cutAt(int length) {
    if (only != null && only.text().length() <= length) {
      return only;
    }
    appendOnly();
    int end = Math.min(text.length(), length);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return new VisibleText(
        text.substring(0, end), hidden, preheader, alternatives, links, script, form, whole);
  }
}
