package org.byoemail.support;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The folder of a {@link ScriptedImapServer}, and what it answers. Safe for use by many threads.
 */
final class ScriptedImapFolder {
  private static final Pattern PART =
      Pattern.compile("BODY\\.PEEK\\[(HEADER)?](?:<(\\d+)\\.(\\d+)>)?");

  volatile long uidValidity = 7;

  private final Map<Long, byte[]> mails = new ConcurrentSkipListMap<>();
  private final Map<Long, TreeSet<String>> flags = new ConcurrentSkipListMap<>();

  void put(long uid, String mail) {
    mails.put(uid, mail.replaceAll("\r?\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    flags.put(uid, new TreeSet<>());
  }

  List<Long> uids() {
    return List.copyOf(mails.keySet());
  }

  List<String> flags(long uid) {
    return List.copyOf(flags.get(uid));
  }

  void flag(long uid, String flag) {
    flags.get(uid).add(flag);
  }

  /** The answer to a command; {@code %t} stands for its tag. */
  String answer(String command) {
    String[] words = command.split(" ", 4);
    String verb = words[0].equals("UID") ? "UID " + words[1] : words[0];
    return switch (verb) {
      case "SELECT" -> select(true);
      case "EXAMINE" -> select(false);
      case "UID SEARCH" -> search(command) + "%t OK fine\r\n";
      case "UID FETCH" -> fetch(words[2], words[3]) + "%t OK fine\r\n";
      case "UID STORE" -> store(words[2], words[3]) + "%t OK fine\r\n";
      case "UID MOVE" -> remove(words[2], false) + "%t OK fine\r\n";
      case "UID EXPUNGE" -> remove(words[2], true) + "%t OK fine\r\n";
      case "EXPUNGE", "CLOSE" -> remove("1:*", true) + "%t OK fine\r\n";
      default -> "%t OK fine\r\n";
    };
  }

  private String select(boolean writable) {
    long next = mails.keySet().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
    return "* %d EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY %d] v\r\n* OK [UIDNEXT %d] n\r\n"
            .formatted(mails.size(), uidValidity, next)
        + ("%t OK [" + (writable ? "READ-WRITE" : "READ-ONLY") + "] open\r\n");
  }

  private String search(String command) {
    String set = command.replaceFirst(".* UID ", "");
    return "* SEARCH "
        + in(set).stream().map(String::valueOf).collect(Collectors.joining(" "))
        + "\r\n";
  }

  /** A star stands for the last one, which is in any range up to it (RFC 9051 section 9). */
  private List<Long> in(String set) {
    long last = mails.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    TreeSet<Long> found = new TreeSet<>();
    for (String range : set.split(",")) {
      String[] ends = range.replace("*", String.valueOf(last)).split(":");
      long one = Long.parseLong(ends[0]);
      long other = Long.parseLong(ends[ends.length - 1]);
      mails.keySet().stream()
          .filter(uid -> uid >= Math.min(one, other) && uid <= Math.max(one, other))
          .forEach(found::add);
    }
    return List.copyOf(found);
  }

  private String fetch(String set, String items) {
    StringBuilder answer = new StringBuilder();
    for (long uid : in(set)) {
      byte[] mail = mails.get(uid);
      String whole = new String(mail, StandardCharsets.ISO_8859_1);
      answer.append("* %d FETCH (UID %d".formatted(number(uid), uid));
      if (items.contains("RFC822.SIZE")) {
        answer.append(" RFC822.SIZE ").append(mail.length);
        answer.append(" INTERNALDATE \"24-Nov-2026 10:00:00 +0000\"");
      }
      Matcher part = PART.matcher(items);
      if (part.find()) {
        String text =
            part.group(1) == null ? whole : whole.substring(0, whole.indexOf("\r\n\r\n") + 4);
        String origin = "";
        if (part.group(2) != null) {
          int from = Math.min(text.length(), Integer.parseInt(part.group(2)));
          int to = (int) Math.min(text.length(), from + Long.parseLong(part.group(3)));
          text = text.substring(from, to);
          origin = "<" + part.group(2) + ">";
        }
        String section = part.group(1) == null ? "" : "HEADER";
        answer.append(" BODY[%s]%s {%d}\r\n".formatted(section, origin, text.length()));
        answer.append(text);
      }
      answer.append(")\r\n");
    }
    return answer.toString();
  }

  private int number(long uid) {
    return uids().indexOf(uid) + 1;
  }

  private String store(String set, String what) {
    for (long uid : in(set)) {
      for (String flag : what.replaceFirst(".*\\(", "").replace(")", "").split(" ")) {
        flags.get(uid).add(flag);
      }
    }
    return "";
  }

  private String remove(String set, boolean deletedOnly) {
    StringBuilder answer = new StringBuilder();
    for (long uid : in(set)) {
      if (!deletedOnly || flags.get(uid).contains("\\Deleted")) {
        answer.append("* %d EXPUNGE\r\n".formatted(number(uid)));
        mails.remove(uid);
        flags.remove(uid);
      }
    }
    return answer.toString();
  }
}
