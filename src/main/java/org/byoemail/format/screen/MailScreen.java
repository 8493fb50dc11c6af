package org.byoemail.format.screen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.html.DisplayedLink;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.html.HiddenText.Source;
import org.byoemail.format.html.VisibleText;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.screen.Finding.Kind;
import org.byoemail.format.screen.Finding.Severity;

/** Finds suspicious content in mails. Safe for use by many threads. */
public final class MailScreen {
  private static final int MAX_OF_A_KIND = 5;

  private static final Pattern ADDRESS =
      Pattern.compile("[\\w.+-]{1,64}+@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,5}");

  private final ParsedMail mail;
  private final boolean proven;
  private final List<Finding> found = new ArrayList<>();

  private MailScreen(ParsedMail mail, boolean proven) {
    this.mail = mail;
    this.proven = proven;
  }

  /**
   * The findings in a mail, a bounded number per kind.
   *
   * @param proven whether its sender was proven: links that name the domain of such a sender, and
   *     lead to a service that counts clicks, are a fact only
   */
  public static List<Finding> findings(ParsedMail mail, boolean proven) {
    MailScreen screen = new MailScreen(mail, proven);
    screen.sender();
    screen.hidden();
    screen.links();
    VisibleText body = mail.body();
    screen.add(body.script(), Kind.SCRIPT);
    screen.add(body.form(), Kind.FORM);
    screen.add(!body.whole(), Kind.PARTLY_READ);
    SuspiciousFiles.among(mail.attachments()).forEach(screen::add);
    return List.copyOf(screen.found);
  }

  private void add(boolean is, Kind kind) {
    if (is) {
      add(Finding.of(kind, ""));
    }
  }

  private void add(Finding finding) {
    long same = found.stream().filter(other -> other.kind() == finding.kind()).count();
    if (same < MAX_OF_A_KIND && !found.contains(finding)) {
      found.add(finding);
    }
  }

  private void sender() {
    int fields = mail.headers().all("From").size();
    if (fields > 1) {
      add(Finding.of(Kind.FORGED_SENDER, fields + " From fields"));
    }
    mail.headers()
        .from()
        .ifPresent(
            from -> {
              Matcher named = ADDRESS.matcher(from.name());
              if (from.name().indexOf('@') > 0 && named.find() && !isSame(named.group(), from)) {
                add(Finding.of(Kind.LOOKALIKE_SENDER, from.name()));
              }
            });
  }

  /**
   * Mailing lists and notification services send for others from their own domain, with their
   * names.
   */
  private boolean isSame(String named, NamedAddress from) {
    String written = from.address().written();
    String domain = named.substring(named.indexOf('@') + 1).toLowerCase(Locale.ROOT);
    String own = written.substring(written.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    return LinkTargets.isSame(domain, own) || mail.headers().isListMail();
  }

  private void hidden() {
    String visible = mail.text();
    for (HiddenText hidden : mail.body().hidden()) {
      switch (hidden.source()) {
        case TAG_CHARACTERS -> add(Finding.of(Kind.TAG_CHARACTERS, hidden.text()));
        case INVISIBLE_DATA -> add(Finding.of(Kind.INVISIBLE_DATA, hidden.text()));
        case REORDERED -> add(Finding.of(Kind.REORDERED_TEXT, hidden.text()));
        case CHARACTERS -> {}
        case PLAIN_PART -> plainPart(hidden.text());
        default -> instructions(hidden.text(), hidden.source() == Source.MSO ? visible : "");
      }
    }
    instructions(mail.body().preheader(), "");
    mail.body().alternatives().forEach(words -> instructions(words, ""));
  }

  /** Words that are also in the visible text are not hidden. */
  private void instructions(String text, String visible) {
    Optional<String> command = PromptInjectionPhrases.in(text);
    if (command.isPresent() && !visible.contains(command.get())) {
      add(Finding.of(Kind.HIDDEN_INSTRUCTIONS, command.get()));
    }
  }

  private void plainPart(String alone) {
    instructions(alone, "");
    String seen = mail.text();
    PlainPartFacts.missing(alone, seen, mail.html().orElse(""))
        .ifPresent(fact -> add(Finding.of(Kind.PLAIN_PART_DIFFERS, fact)));
  }

  private void links() {
    for (DisplayedLink link : mail.body().links()) {
      LinkTargets.mismatch(link)
          .ifPresent(
              mismatch ->
                  add(
                      new Finding(
                          Kind.LINK_MISMATCH,
                          proven && isSenders(mismatch.shown()) ? Severity.INFO : Severity.WARNING,
                          mismatch.shown() + " leads to " + mismatch.target())));
    }
  }

  private boolean isSenders(String host) {
    return mail.headers()
        .from()
        .map(from -> from.address().written())
        .map(written -> written.substring(written.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT))
        .filter(domain -> LinkTargets.isSame(host, domain))
        .isPresent();
  }
}
