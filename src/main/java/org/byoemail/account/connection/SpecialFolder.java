package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Folders with a use that servers mark (RFC 6154), and how servers and programs that do not mark
 * them name them, the usual names first.
 */
public enum SpecialFolder {
  /** Of drafts. */
  DRAFTS(
      "Drafts",
      "\\drafts",
      List.of(
          "drafts",
          "draft",
          "entwürfe",
          "brouillons",
          "borradores",
          "rascunhos",
          "bozze",
          "concepten",
          "utkast",
          "kladder",
          "wersje robocze",
          "черновики",
          "下書き",
          "草稿",
          "임시보관함")),

  /** Of sent mail. */
  SENT(
      "Sent",
      "\\sent",
      List.of(
          "sent",
          "sent items",
          "sent messages",
          "sent mail",
          "sent-mail",
          "gesendet",
          "gesendete objekte",
          "gesendete elemente",
          "envoyés",
          "messages envoyés",
          "éléments envoyés",
          "enviados",
          "elementos enviados",
          "mensagens enviadas",
          "inviati",
          "posta inviata",
          "verzonden",
          "verzonden items",
          "skickat",
          "sendt",
          "wysłane",
          "отправленные",
          "送信済み",
          "送信済みメール",
          "已发送",
          "보낸편지함"));

  private static final int MAX_FOLDERS = 10_000;

  private final String label;
  private final String attribute;
  private final List<String> usualNames;

  SpecialFolder(String label, String attribute, List<String> usualNames) {
    this.label = label;
    this.attribute = attribute;
    this.usualNames = usualNames;
  }

  /** The name that people know the folder by. */
  public String label() {
    return label;
  }

  /** The name of that folder in the mailbox of the connection, whose thread calls it. */
  public Optional<String> find(ImapConnection connection) throws MessagingException {
    String marked =
        connection.has("SPECIAL-USE") && connection.has("LIST-EXTENDED")
            ? "LIST \"\" \"*\" RETURN (SPECIAL-USE)"
            : connection.has("XLIST") ? "XLIST \"\" \"*\"" : "LIST \"\" \"*\"";
    List<ImapFolderName> names = new ArrayList<>();
    connection.send(
        marked,
        said -> {
          if (names.size() < MAX_FOLDERS) {
            ImapFolderName.of(said).ifPresent(names::add);
          }
        });
    return choose(names);
  }

  /** The folder that is marked as such, else the one with the most usual name. */
  Optional<String> choose(List<ImapFolderName> listed) {
    List<ImapFolderName> usable =
        listed.stream()
            .filter(name -> !name.is("\\noselect") && !name.is("\\nonexistent"))
            .toList();
    return usable.stream()
        .filter(name -> name.is(attribute))
        .findFirst()
        .or(
            () ->
                usable.stream()
                    .filter(name -> rank(name) >= 0)
                    .min(Comparator.comparingInt(this::rank)))
        .map(ImapFolderName::name);
  }

  private int rank(ImapFolderName name) {
    return usualNames.indexOf(name.lastPart().toLowerCase(Locale.ROOT));
  }
}
