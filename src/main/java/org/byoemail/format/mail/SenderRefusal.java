package org.byoemail.format.mail;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Recognises replies that refuse the sender: its address, domain, host or country. Such a reply
 * says nothing about the recipient, whatever its code.
 */
public final class SenderRefusal {
  private static final String REFUSED =
      "(?:reject|refus|den[iy]|block|bann|blacklist|unknown|invalid|unverif|unresolv|unauthori[sz]|"
          + "nonexist|non-exist|disallow|not\\b|cannot\\b|can't\\b|could|does|doesn't|do\\b|isn't|must\\b|"
          + "has no|have no|no such|no known|no valid|missing|verif|bad\\b)";
  private static final String MAIL = "(?:e-?mails?|mails?|messages?|connections?|traffic|anything)";

  private static final String SAYS =
      "(?:says?|said|reports?|reported|answers?|answered|repl(?:y|ies|ied)|responds?|responded"
          + "|states?|stated|claims?|claimed)\\b";

  /** The receiver has asked a server whether an address exists: the sender's, unless it says so. */
  private static final Pattern CALLOUT = Pattern.compile("\\bcall[ -]?(?:out|back)s?\\b");

  private static final Pattern WORDS =
      Pattern.compile(
          // At the start of a word alone: the alternatives are many.
          "(?<![\\p{L}\\p{N}_])(?:"
              // Sender address rejected; domain of sender address does not exist; originator
              // denied.
              // Mail is returned to its sender: no such user.
              + "(?<!\\b(?:returned|returning|return|sent|back) to (?:the |its |your )?)(?:sender|originator)(?:'s|s)?\\b"
              + "(?: \\S{1,40}){0,4}?[ :(]*\\b(?:"
              + REFUSED
              + "|"
              + SAYS
              + ")"
              + "|no (?:such |known |valid )?(?:sender|originator)\\b"
              + "|(?:domain|host|server|mx|mailbox|address|name|country|ip) (?:name )?(?:of|for) (?:the |your )?"
              + "(?:envelope )?(?:sender|originator)\\b"
              + "|(?:invalid|unknown|bad|unverified|forged|spoofed|unresolvable|non-?existent|rejected"
              + "|refused|denied|blocked|banned|unauthori[sz]ed|verify|verifying|resolve)"
              + " (?:the |your )?(?:envelope |return )?(?:sender|originator)\\b"
              // The parts of the envelope and of the connection that are the sender's.
              + "|(?:envelope[ -]?(?:sender|from)|return[ -]?path|mail from (?:command|domain|address)"
              + "|(?:from|sending|originating|source|client) (?:address|domain|host|hostname|server|ip|country)"
              + "|reverse (?:dns|lookup)|ptr record|helo|ehlo)\\b"
              // This server does not accept mail from ...; mail from ... is not accepted here.
              + "|(?:accept\\w*|refus\\w*|reject\\w*|block\\w*|deny\\w*|denie\\w*|allow\\w*|want\\w*"
              + "|receiv\\w*|take)(?: any| all| your| further| more)? "
              + MAIL
              + " (?:coming |sent |originating )?(?:from|by)\\b"
              + "|"
              + MAIL
              + " from\\b(?:[^.;\\n]|[.]\\S){0,80}? (?:is |are |was |were |be |been )?(?:not |never )?"
              + "(?:accepted|refused|rejected|denied|allowed|blocked|banned|welcome|permitted|wanted)\\b"
              + "|mail from (?:not|unknown|invalid|forbidden|unauthori[sz]ed)\\b"
              + "|mail from:?\\s+(?:(?:does not|doesn't) (?:exist|have)|is (?:unknown|invalid|no\\b|not an?\\b"
              + "|not (?:valid|known|found)))"
              + "|(?:address|domain) (?:that was |you )?used to send\\b"
              + "|(?:address|domain|mailbox|account) (?:that |which )?you(?:'re| are)? (?:send|sending)(?: mail| it| this)? from\\b"
              + "|from: (?:address|domain)\\b"
              + "|(?:unbekannter|ungültiger) absender|absender(?:adresse|domain|domäne)?,? "
              + "(?:wurde |wird |ist )?(?:abgelehnt|ungültig|unbekannt|gesperrt|nicht|existiert)"
              + "|(?:[eé]metteur|exp[eé]diteur|remitente|remetente|mittente) (?:est |es |é |è )?"
              + "(?:invalid|inv[aá]lid|non valid|refus|rejet|inconnu|interdit|n'exist|no |não |non |rechazad"
              + "|rejeitad|rifiutat|bloqu|bloccat|desconocid|desconhecid|sconosciut)"
              + "|(?:no|not any|never) "
              + MAIL
              + " from\\b"
              // Your domain does not exist.
              + "|your (?:e-?mail |mail |from |ip |sending |sender )?(?:address|domain|hostname|host|ip"
              + "|server|network|country|provider|isp)(?: name| address)?(?: \\S{1,60})? "
              + "(?:is\\b|was\\b|has\\b|"
              + SAYS
              + "|"
              + REFUSED
              + "))");

  /** At least one of these is in whatever the pattern matches. */
  private static final String[] SENDER = {
    "sender",
    "originator",
    "from",
    "return",
    "send",
    "originating",
    "source",
    "client",
    "reverse",
    "ptr",
    "helo",
    "ehlo",
    "by",
    "your",
    "metteur",
    "diteur",
    "remitente",
    "remetente",
    "mittente"
  };

  private SenderRefusal() {}

  /** Whether the reply is about the sender; addresses in it are ignored. */
  public static boolean in(String words) {
    String lower = words.toLowerCase(Locale.ROOT);
    return CALLOUT.matcher(lower).find() && !lower.contains("recipient")
        || namesSender(lower) && WORDS.matcher(AddressText.leftOut(lower)).find();
  }

  /** Whether it has one of the words without which the pattern matches nothing. */
  private static boolean namesSender(String lower) {
    for (String word : SENDER) {
      if (lower.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
