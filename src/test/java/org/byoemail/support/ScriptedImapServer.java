package org.byoemail.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
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

  private static final String FOR_EVER = "\1";

  /** What clients have sent, without tags; {@code gone} where one has left. */
  public final List<String> commands = new CopyOnWriteArrayList<>();

  private final ScriptedImapFolder folder = new ScriptedImapFolder();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Socket> clients = new CopyOnWriteArrayList<>();
  private final HalvingSockets server;
  private volatile @Nullable SSLContext tls;
  private volatile boolean tlsAtOnce;
  private volatile String capabilities = "IMAP4rev1 IDLE UIDPLUS MOVE SASL-IR AUTH=PLAIN";
  private volatile String greeting = "* OK [CAPABILITY %c] ready\r\n";

  private final AtomicLong flooded = new AtomicLong();

  private record Rule(Pattern command, String answer, AtomicInteger left) {}

  public ScriptedImapServer() {
    try {
      server = new HalvingSockets();
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

  /** Renumbers the folder. */
  public void uidValidity(long number) {
    folder.uidValidity = number;
  }

  /** Puts a mail into the folder; nobody is told. */
  public void put(long uid, String mail) {
    folder.put(uid, mail);
  }

  /** The UIDs in the folder. */
  public List<Long> uids() {
    return folder.uids();
  }

  /** The flags of a mail, of which there must be one. */
  public List<String> flags(long uid) {
    return folder.flags(uid);
  }

  /** Sets a flag as another client of the same user would. */
  public void flag(long uid, String flag) {
    folder.flag(uid, flag);
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

  /** Answers commands of that kind by saying that again and again, until the client leaves. */
  public void flood(String command, String words) {
    answer(command, words + FOR_EVER);
  }

  /** How many bytes clients were sent of answers without end. */
  public long flooded() {
    return flooded.get();
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

  /**
   * The same, but of what goes over the wire, a record of TLS for example, half is withheld until
   * {@link #sayRest}.
   */
  public void sayHalf(String words) {
    server.newest().halveNext();
    say(words);
  }

  /** Gives what was withheld. */
  public void sayRest() throws IOException {
    server.newest().giveRest();
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
      if (answer.endsWith(FOR_EVER)) {
        flood(client, answer.replace("%t", tag).replace(FOR_EVER, ""));
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
    return switch (command.split(" ")[0]) {
      case "CAPABILITY" -> "* CAPABILITY %c\r\n%t OK fine\r\n";
      case "IDLE" -> "+ idling\r\n";
      case "LOGOUT" -> "* BYE\r\n%t OK fine\r\n" + HANG_UP;
      default -> folder.answer(command);
    };
  }

  private void flood(Socket client, String words) {
    String many = words.repeat(1 + 8192 / words.length());
    while (true) {
      write(client, many);
      flooded.addAndGet(many.length());
    }
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
