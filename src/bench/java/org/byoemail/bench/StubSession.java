package org.byoemail.bench;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One client of a {@link StubImapServer}: answers commands, tells of new mail under IDLE. */
final class StubSession {
  private static final Pattern PART =
      Pattern.compile("BODY(?:\\.PEEK)?\\[(HEADER)?](?:<(\\d+)\\.(\\d+)>)?");

  private final StubImapServer server;
  private final StubConnection connection;
  private StubMailbox mailbox;
  private String login = "";
  private String idleTag = "";
  private String authTag = "";
  private int told;

  StubSession(StubImapServer server, StubConnection connection) {
    this.server = server;
    this.connection = connection;
  }

  void greet() {
    say("* OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE SASL-IR AUTH=PLAIN] ready\r\n");
  }

  String login() {
    return login;
  }

  boolean isIdling() {
    return !idleTag.isEmpty();
  }

  /** Announces new mail: at once to sessions in IDLE, to others with their next response. */
  void arrived(int exists) {
    if (isIdling()) {
      told = exists;
      say("* " + exists + " EXISTS\r\n");
    }
  }

  void gone() {
    if (mailbox != null) {
      mailbox.readers.remove(this);
    }
    idle("");
  }

  void line(String line) {
    if (isIdling()) {
      String tag = idleTag;
      idle("");
      say(tag + " OK done\r\n");
      return;
    }
    if (!authTag.isEmpty()) {
      String tag = authTag;
      authTag = "";
      plain(tag, line);
      return;
    }
    server.commands++;
    String[] words = line.split(" ", 3);
    String tag = words[0];
    String command = words.length > 1 ? words[1].toUpperCase(Locale.ROOT) : "";
    String rest = words.length > 2 ? words[2] : "";
    switch (command) {
      case "CAPABILITY" -> {
        say("* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE SASL-IR AUTH=PLAIN\r\n");
        ok(tag);
      }
      case "LOGIN" -> signIn(tag, rest.split(" ")[0].replace("\"", ""));
      case "AUTHENTICATE" -> authenticate(tag, rest);
      case "SELECT", "EXAMINE" -> select(tag);
      case "IDLE" -> {
        idle(tag);
        say("+ idling\r\n");
      }
      case "UID" -> uid(tag, rest);
      case "LOGOUT" -> {
        say("* BYE\r\n");
        ok(tag);
        connection.closeWhenSent();
      }
      default -> ok(tag);
    }
  }

  private void authenticate(String tag, String rest) {
    String[] words = rest.split(" ");
    if (words.length > 1) {
      plain(tag, words[1]);
    } else {
      authTag = tag;
      say("+ \r\n");
    }
  }

  private void plain(String tag, String response) {
    String decoded = new String(Base64.getDecoder().decode(response), StandardCharsets.UTF_8);
    signIn(tag, decoded.split("\0")[1]);
  }

  private void signIn(String tag, String user) {
    login = user;
    server.logins++;
    ok(tag);
  }

  private void select(String tag) {
    mailbox = server.mailbox(login);
    mailbox.readers.add(this);
    told = mailbox.size();
    say(
        "* FLAGS (\\Seen \\Deleted)\r\n* %d EXISTS\r\n* OK [UIDVALIDITY %d] v\r\n* OK [UIDNEXT %d] n\r\n%s OK [READ-WRITE] open\r\n"
            .formatted(mailbox.size(), StubMailbox.UID_VALIDITY, mailbox.size() + 1L, tag));
  }

  private void uid(String tag, String rest) {
    String[] words = rest.split(" ", 3);
    String set = words.length > 2 ? words[1] : "";
    switch (words[0].toUpperCase(Locale.ROOT)) {
      case "SEARCH" -> {
        StringBuilder found = new StringBuilder("* SEARCH");
        mailbox.in(words[2]).forEach(mail -> found.append(' ').append(mail.uid()));
        say(found.append("\r\n").toString());
      }
      case "FETCH" -> mailbox.in(set).forEach(mail -> fetch(mail, words[2]));
      default -> {
        // Flags are of no interest here.
      }
    }
    ok(tag);
  }

  private void fetch(StubMailbox.Mail mail, String items) {
    say("* " + mail.uid() + " FETCH (UID " + mail.uid());
    if (items.contains("RFC822.SIZE")) {
      say(" RFC822.SIZE " + mail.whole().length);
    }
    if (items.contains("INTERNALDATE")) {
      say(" INTERNALDATE \"" + server.internalDate() + "\"");
    }
    Matcher part = PART.matcher(items);
    if (part.find()) {
      byte[] bytes = part.group(1) == null ? mail.whole() : mail.header();
      int from =
          part.group(2) == null ? 0 : Math.min(bytes.length, Integer.parseInt(part.group(2)));
      int length = bytes.length - from;
      String origin = "";
      if (part.group(2) != null) {
        length = Math.min(length, Integer.parseInt(part.group(3)));
        origin = "<" + part.group(2) + ">";
      }
      String section = part.group(1) == null ? "" : "HEADER";
      say(" BODY[" + section + "]" + origin + " {" + length + "}\r\n");
      connection.send(bytes, from, length);
    }
    say(")\r\n");
  }

  private void idle(String tag) {
    server.idling += (tag.isEmpty() ? 0 : 1) - (idleTag.isEmpty() ? 0 : 1);
    idleTag = tag;
  }

  private void ok(String tag) {
    if (mailbox != null && mailbox.size() > told) {
      told = mailbox.size();
      say("* " + told + " EXISTS\r\n");
    }
    say(tag + " OK fine\r\n");
  }

  private void say(String words) {
    byte[] bytes = words.getBytes(StandardCharsets.ISO_8859_1);
    connection.send(bytes, 0, bytes.length);
  }
}
