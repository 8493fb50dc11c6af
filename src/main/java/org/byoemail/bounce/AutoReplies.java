package org.byoemail.bounce;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.mail.AutoSubmitted;
import org.byoemail.mail.MailHeaders;
import org.byoemail.mail.ParsedMail;

/**
 * Recognises a machine's answer to a mail (RFC 3834): absence notices, confirmations of receipt.
 */
final class AutoReplies implements Rule {
  /** How the subjects of such answers start, in the languages of the programs that send them. */
  private static final List<String> SUBJECTS =
      List.of(
          "automatic reply",
          "automatic response",
          "automated reply",
          "automated response",
          "autoreply",
          "auto reply",
          "auto-reply",
          "autoresponse",
          "auto response",
          "auto-response",
          "autorespons",
          "auto:",
          "out of office",
          "out of the office",
          "out-of-office",
          "away from my mail",
          "vacation:",
          "vacation reply",
          "vacation message",
          "on vacation",
          "i am on vacation",
          "i'm out of",
          "i am out of",
          "currently out of",
          "abwesenheitsnotiz",
          "abwesenheits",
          "abwesend",
          "automatische antwort",
          "automatisch antwoord",
          "automatische reactie",
          "afwezigheid",
          "réponse automatique",
          "absence du bureau",
          "message d'absence",
          "absent du bureau",
          "respuesta automática",
          "respuesta automatica",
          "fuera de la oficina",
          "fuera de oficina",
          "resposta automática",
          "resposta automatica",
          "ausência temporária",
          "fora do escritório",
          "risposta automatica",
          "fuori sede",
          "fuori ufficio",
          "automatiskt svar",
          "autosvar",
          "automatisk svar",
          "fravær",
          "frånvaro",
          "poissa",
          "automaattinen vastaus",
          "automatyczna odpowiedź",
          "automatická odpověď",
          "automatikus válasz",
          "otomatik yanıt",
          "автоответ",
          "автоматический ответ",
          "нет на месте",
          "自動応答",
          "自動返信",
          "不在通知",
          "不在のお知らせ",
          "自动回复",
          "自動回覆",
          "자동 회신",
          "부재중");

  private final OriginalMails originals;

  AutoReplies(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    MailHeaders headers = mail.headers();
    boolean declared = headers.autoSubmitted() == AutoSubmitted.REPLIED;
    if (!declared && (headers.isListMail() || !isSubject(headers.subject()))) {
      return Optional.empty();
    }
    Classification reply = Classification.of(MailKind.AUTO_REPLY, "auto-reply");
    return Optional.of(
        new Classification(
            reply.kind(),
            declared ? Strength.STRUCTURED : Strength.FREE_TEXT,
            reply.rule(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            originals.answered(mail),
            Optional.empty()));
  }

  private static boolean isSubject(String subject) {
    String lower = subject.strip().toLowerCase(Locale.ROOT).replace('’', '\'');
    String bare = lower.startsWith("re: ") ? lower.substring(4) : lower;
    String start = bare.substring(bare.startsWith("[") ? bare.indexOf(']') + 1 : 0).strip();
    return SUBJECTS.stream().anyMatch(start::startsWith);
  }
}
