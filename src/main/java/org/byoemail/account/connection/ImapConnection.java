package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A conversation with an IMAP server (RFC 9051, RFC 3501), signed in when it is given out by {@link
 * ImapConnections}; it belongs to its opener. Each call has a time in which the complete answer
 * must have come, and a number of bytes that it may have. Used by one thread at a time; only {@link
 * #cut} may be called by any. A call that fails, except by {@link ImapRefused}, leaves it of no
 * more use.
 */
public final class ImapConnection implements AutoCloseable {
  /** Enough for any answer that carries no mail. */
  public static final long SHORT_ANSWER = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(ImapConnection.class);
  private static final long GREETING = 8 << 10;
  private static final long SHORT_LITERAL = 64 << 10;

  /** As many as there are mails, at times: marking a large folder read makes one for each. */
  private static final int MOST_OF_MAILS = 100_000;

  private static final Set<String> OF_MAILS =
      Set.of(
          "FETCH", "EXPUNGE", "VANISHED", "EXISTS", "RECENT", "SEARCH", "ESEARCH", "LIST", "XLIST");

  private static final int MOST_OTHERS = 1_000;

  private static final ImapContinuation NOTHING_MORE = () -> {};

  private final Wire wire;
  private final ImapResponseReader reader;
  private final Duration patience;
  private ImapListener listener = said -> {};
  private final ImapCapabilities capabilities = new ImapCapabilities();
  private int commands;
  private int ofMails;
  private int others;
  private @Nullable Deadline end;
  private @Nullable String bye;
  private @Nullable String idleTag;

  /**
   * @param patience how long a server may take for a short answer
   */
  ImapConnection(Wire wire, Duration patience) {
    this.wire = wire;
    this.reader = new ImapResponseReader(wire);
    this.patience = patience;
  }

  Wire wire() {
    return wire;
  }

  /** Whether the server offers that, as it said after the sign-in. */
  public boolean has(String capability) {
    return capabilities.all().contains(capability);
  }

  /** Has all be told to that listener from now on. */
  public void listen(ImapListener to) {
    listener = to;
  }

  /** Nothing takes longer than until then, whatever else a call may take. */
  void endBy(Deadline deadline) {
    end = deadline;
  }

  private Deadline in(Duration limit) {
    return end == null ? Deadline.in(limit) : end.orIn(limit);
  }

  /** What the server says first. */
  ImapResponse greeting(Deadline deadline) throws IOException {
    expect(GREETING, SHORT_LITERAL);
    ImapResponse greeting = reader.next(deadline);
    capabilities.learn(greeting);
    return greeting;
  }

  ImapCapabilities offer() {
    return capabilities;
  }

  /**
   * Sends a command of one line and returns the line that ends its answer.
   *
   * @throws ImapRefused where the server says NO or BAD
   */
  public ImapResponse send(String command) throws MessagingException {
    return send(command, said -> {});
  }

  /**
   * The same for a command with a short answer.
   *
   * @param each is told what the server says before it, be it of the answer or not; nothing else
   *     keeps it
   */
  public ImapResponse send(String command, ImapListener each) throws MessagingException {
    return send(command, patience, SHORT_ANSWER, SHORT_LITERAL, each);
  }

  /**
   * The same with an answer of another length.
   *
   * @param limit for the complete answer
   * @param most bytes of the answer
   * @param largest bytes of one literal in it
   */
  public ImapResponse send(
      String command, Duration limit, long most, long largest, ImapListener each)
      throws MessagingException {
    expect(most, largest);
    return send(command, NOTHING_MORE, 1, in(limit), each);
  }

  /**
   * Sends a command that the server asks more for.
   *
   * @param further what it is given, each time it asks
   */
  ImapResponse send(String command, List<String> further, Deadline deadline)
      throws MessagingException {
    expect(SHORT_ANSWER, SHORT_LITERAL);
    Iterator<String> more = further.iterator();
    // An empty line ends an exchange that has gone wrong, such as a sign-in that is refused.
    return send(
        command,
        () -> write(more.hasNext() ? more.next() : ""),
        further.size() + 1,
        deadline,
        said -> {});
  }

  /** Sends a command that the server asks more for, once. */
  ImapResponse send(String command, ImapContinuation more, Duration limit)
      throws MessagingException {
    expect(SHORT_ANSWER, SHORT_LITERAL);
    return send(command, more, 1, in(limit), said -> {});
  }

  private ImapResponse send(
      String command, ImapContinuation more, int times, Deadline deadline, ImapListener each)
      throws MessagingException {
    String tag = "A" + ++commands;
    int asked = 0;
    try {
      write(tag + " " + command);
      while (true) {
        ImapResponse said = reader.next(deadline);
        if (said.isUntagged()) {
          hear(said);
          each.said(said);
        } else if (said.tag().equals("+")) {
          if (++asked > times) {
            throw new ProtocolViolated("the server asks for more of a command than there is");
          }
          more.give();
        } else if (said.tag().equals(tag)) {
          return ended(said);
        } else {
          throw new ProtocolViolated("the server answers what was not asked");
        }
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private ImapResponse ended(ImapResponse said) throws MessagingException {
    capabilities.learn(said);
    if (!said.is("OK")) {
      throw new ImapRefused(said.text(), said.codeName());
    }
    return said;
  }

  private void write(String line) throws IOException {
    wire.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private void expect(long most, long largest) {
    reader.expect(most, largest);
    ofMails = 0;
    others = 0;
  }

  private void hear(ImapResponse said) throws IOException {
    boolean ofMail = OF_MAILS.contains(said.kind());
    if (ofMail ? ++ofMails > MOST_OF_MAILS : ++others > MOST_OTHERS) {
      throw new ProtocolViolated("the server says more than anybody asked for, without end");
    }
    if (said.is("BYE")) {
      bye = ImapRefused.cut(said.words());
    }
    capabilities.learn(said);
    listener.said(said);
  }

  private MessagingException lost(IOException e) {
    cut();
    if (e instanceof SocketTimeoutException) {
      return new MessagingException("the server did not answer in time", e);
    }
    if (e instanceof ProtocolViolated) {
      return new MessagingException("the connection was cut: " + e.getMessage(), e);
    }
    String words = bye == null ? String.valueOf(e.getMessage()) : "the server said: " + bye;
    return new MessagingException("the connection was lost: " + words, e);
  }

  /**
   * Begins to wait for the server (RFC 2177).
   *
   * @throws ImapRefused where the server will not
   */
  public void startIdle() throws MessagingException {
    String tag = "A" + ++commands;
    try {
      Deadline deadline = in(patience);
      // For all of it, however long it lasts.
      expect(SHORT_ANSWER, SHORT_LITERAL);
      write(tag + " IDLE");
      while (idleTag == null) {
        ImapResponse said = reader.next(deadline);
        if (said.tag().equals("+")) {
          idleTag = tag;
        } else if (said.tag().equals(tag)) {
          ended(said);
          throw new ProtocolViolated("the server does not wait");
        } else {
          hear(said);
        }
      }
      hearWhatIsHere();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  public boolean isIdling() {
    return idleTag != null;
  }

  /** Whether the server has begun to say something and has not ended. */
  public boolean hasPartialResponse() {
    return reader.isAmid();
  }

  /** Takes in what has arrived while waiting, where a selector says that something has. */
  public void hearUnderIdle() throws MessagingException {
    try {
      wire.receive(in(patience));
      hearWhatIsHere();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private void hearWhatIsHere() throws IOException {
    for (ImapResponse said = reader.nextHere(); said != null; said = reader.nextHere()) {
      if (said.tag().equals(idleTag)) {
        idleTag = null;
      }
      hear(said);
    }
  }

  /**
   * Ends the waiting; does nothing where there is none.
   *
   * @param limit in which the server must have ended it too
   */
  public void endIdle(Duration limit) throws MessagingException {
    try {
      Deadline deadline = in(limit);
      if (idleTag != null) {
        expect(SHORT_ANSWER, SHORT_LITERAL);
        write("DONE");
      }
      while (idleTag != null) {
        ImapResponse said = reader.next(deadline);
        if (said.tag().equals(idleTag)) {
          idleTag = null;
        }
        hear(said);
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** The connection, for a selector: in blocking mode whenever this is used. */
  public SocketChannel channel() {
    return wire.channel();
  }

  /** Gives back the memory that is needed for work only. Whoever goes on need not say so. */
  public void rest() {
    wire.rest();
  }

  /** Leaves by LOGOUT, which expunges nothing. Never throws. */
  public void leave(Duration limit) {
    try {
      endIdle(limit);
      send("LOGOUT", limit, SHORT_ANSWER, SHORT_LITERAL, said -> {});
    } catch (MessagingException | RuntimeException e) {
      log.debug("A server was left without goodbye", e);
    } finally {
      cut();
    }
  }

  /** Cuts the connection. May be called by any thread while another one waits in here. */
  public void cut() {
    wire.cut();
  }

  @Override
  public void close() {
    cut();
    wire.rest();
  }
}
