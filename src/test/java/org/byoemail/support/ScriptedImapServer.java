package org.byoemail.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An IMAP server with one folder, which behaves until a test has it do what real ones do on bad
 * days: {@link #answer} replaces the answer to a command, {@link #say} says something unasked. Any
 * login is let in. Safe for use by several threads.
 */
public final class ScriptedImapServer implements AutoCloseable {
  /** At the end of an answer: the connection is closed after it. */
  public static final String HANG_UP = "\0";

  private static final Pattern PART =
      Pattern.compile("BODY\\.PEEK\\[(HEADER)?](?:<(\\d+)\\.(\\d+)>)?");

  /** What clients have sent, without tags; {@code gone} where one has left. */
  public final List<String> commands = new CopyOnWriteArrayList<>();

  private final Map<Long, byte[]> mails = new ConcurrentSkipListMap<>();
  private final Map<Long, TreeSet<String>> flags = new ConcurrentSkipListMap<>();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Socket> clients = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private volatile @Nullable SSLContext tls;
  private volatile boolean tlsAtOnce;
  private volatile String capabilities = "IMAP4rev1 IDLE UIDPLUS MOVE SASL-IR AUTH=PLAIN";
  private volatile String greeting = "* OK [CAPABILITY %c] ready\r\n";
  private volatile long uidValidity = 7;

  private record Rule(Pattern command, String answer, AtomicInteger left) {}

  public ScriptedImapServer() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread(this::accept);
  }

  /** The port it listens on. */
  public int port() {
    return server.getLocalPort();
  }

  /** How many clients have come. */
  public int connections() {
    return clients.size();
  }

  /** TLS from the start. */
  public void withTls(ServerCertificate certificate) {
    tls = certificate.serverContext();
    tlsAtOnce = true;
  }

  /** TLS on request. */
  public void withStartTls(ServerCertificate certificate) {
    tls = certificate.serverContext();
  }

  /** What it offers. */
  public void offering(String all) {
    capabilities = all;
  }

  /** Its first words; {@code %c} stands for what it offers. */
  public void greetWith(String words) {
    greeting = words;
  }

  /** Numbers the folder anew. */
  public void uidValidity(long number) {
    uidValidity = number;
  }

  /** Puts a mail into the folder; nobody is told. */
  public void put(long uid, String mail) {
    mails.put(uid, mail.replaceAll("\r?\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    flags.put(uid, new TreeSet<>());
  }

  /** The UIDs in the folder. */
  public List<Long> uids() {
    return List.copyOf(mails.keySet());
  }

  /** The flags of a mail, of which there must be one. */
  public List<String> flags(long uid) {
    return List.copyOf(flags.get(uid));
  }

  /** Sets a flag as another client of the same user would. */
  public void flag(long uid, String flag) {
    flags.get(uid).add(flag);
  }

  /**
   * Replaces the answers to the next commands of that kind.
   *
   * @param command a regular expression for the command without its tag, found anywhere in it
   * @param times how often
   * @param answer {@code %t} stands for the tag; empty for silence
   */
  public void answer(String command, int times, String answer) {
    rules.add(0, new Rule(Pattern.compile(command), answer, new AtomicInteger(times)));
  }

  /** Replaces all answers to commands of that kind. */
  public void answer(String command, String answer) {
    answer(command, Integer.MAX_VALUE, answer);
  }

  /** Answers as it should again. */
  public void behave() {
    rules.clear();
  }

  /** Says that to the newest client. */
  public void say(String words) {
    write(clients.get(clients.size() - 1), words);
  }

  /** Hangs up on the newest client. */
  public void hangUp() throws IOException {
    clients.get(clients.size() - 1).close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        thread(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket plain) {
    try {
      Socket client = tlsAtOnce ? secured(plain) : plain;
      clients.add(client);
      write(client, greeting.replace("%c", capabilities));
      converse(client);
    } catch (IOException | UncheckedIOException e) {
      // Cut rather than closed, by either side.
    } finally {
      commands.add("gone");
    }
  }

  private Socket secured(Socket plain) throws IOException {
    SSLContext context = tls;
    if (context == null) {
      throw new IOException("no certificate");
    }
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    return secured;
  }

  private void converse(Socket client) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
    String idle = "";
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String tag = line.equals("DONE") ? idle : line.split(" ")[0];
      String command = line.equals("DONE") ? line : line.substring(line.indexOf(' ') + 1);
      commands.add(command);
      if (command.equals("IDLE")) {
        idle = tag;
      }
      String answer = scripted(command);
      if (answer == null) {
        answer = answer(command);
      }
      boolean over = answer.endsWith(HANG_UP);
      write(client, answer.replace("%t", tag).replace("%c", capabilities).replace(HANG_UP, ""));
      if (over) {
        client.close();
        return;
      }
      if (command.equals("STARTTLS")) {
        Socket secured = secured(client);
        clients.set(clients.indexOf(client), secured);
        converse(secured);
        return;
      }
    }
  }

  private @Nullable String scripted(String command) {
    for (Rule rule : rules) {
      if (rule.command().matcher(command).find() && rule.left().getAndDecrement() > 0) {
        return rule.answer();
      }
    }
    return null;
  }

  private String answer(String command) {
    String[] words = command.split(" ", 4);
    String verb = words[0].equals("UID") ? "UID " + words[1] : words[0];
    return switch (verb) {
      case "CAPABILITY" -> "* CAPABILITY %c\r\n%t OK fine\r\n";
      case "SELECT", "EXAMINE" -> select(verb);
      case "IDLE" -> "+ idling\r\n";
      case "LOGOUT" -> "* BYE\r\n%t OK fine\r\n" + HANG_UP;
      case "UID SEARCH" -> search(command) + "%t OK fine\r\n";
      case "UID FETCH" -> fetch(words[2], words[3]) + "%t OK fine\r\n";
      case "UID STORE" -> store(words[2], words[3]) + "%t OK fine\r\n";
      case "UID MOVE" -> remove(words[2], false) + "%t OK fine\r\n";
      case "UID EXPUNGE" -> remove(words[2], true) + "%t OK fine\r\n";
      case "EXPUNGE", "CLOSE" -> remove("1:*", true) + "%t OK fine\r\n";
      default -> "%t OK fine\r\n";
    };
  }

  private String select(String verb) {
    long next = mails.keySet().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
    return "* %d EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY %d] v\r\n* OK [UIDNEXT %d] n\r\n"
            .formatted(mails.size(), uidValidity, next)
        + ("%t OK [" + (verb.equals("SELECT") ? "READ-WRITE" : "READ-ONLY") + "] open\r\n");
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

  private static void write(Socket client, String words) {
    try {
      OutputStream out = client.getOutputStream();
      out.write(words.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "scripted-imap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket client : clients) {
      client.close();
    }
  }
}
