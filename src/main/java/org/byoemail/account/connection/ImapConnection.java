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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authenticated connection to an IMAP server (RFC 9051, RFC 3501), opened by {@link
 * ImapConnections} and owned by the caller. Each command is bounded in time and in bytes of its
 * response. For one thread at a time; only {@link #cut} may be called by any thread. After any
 * exception but {@link ImapRefused} the connection is unusable.
 */
public final class ImapConnection implements AutoCloseable {
  /** Enough for any response without a mail in it. */
  public static final long SHORT_ANSWER = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(ImapConnection.class);
  private static final long GREETING = 8 << 10;
  private static final long SHORT_LITERAL = 64 << 10;

  /** Marking a large folder as read causes an untagged response for each mail. */
  private static final int MAX_MAIL_RESPONSES = 100_000;

  private static final Set<String> OF_MAILS =
      Set.of(
          "FETCH", "EXPUNGE", "VANISHED", "EXISTS", "RECENT", "SEARCH", "ESEARCH", "LIST", "XLIST");

  private static final int MAX_OTHER_RESPONSES = 1_000;

  private static final ImapContinuation NOTHING_MORE = request -> {};

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
   * @param patience the timeout of a command with a short response
   */
  ImapConnection(Wire wire, Duration patience) {
    this.wire = wire;
    this.reader = new ImapResponseReader(wire);
    this.patience = patience;
  }

  Wire wire() {
    return wire;
  }

  /** Whether the server announced that capability after authentication. */
  public boolean has(String capability) {
    return capabilities.all().contains(capability);
  }

  /** Sets the listener of untagged responses. */
  public void listen(ImapListener to) {
    listener = to;
  }

  /** Sets a deadline for all further calls, in addition to their own timeouts. */
  void endBy(Deadline deadline) {
    end = deadline;
  }

  private Deadline in(Duration limit) {
    return end == null ? Deadline.in(limit) : end.orIn(limit);
  }

  /** Reads the greeting. */
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
   * Sends a one-line command and returns its tagged response.
   *
   * @throws ImapRefused if the server responds NO or BAD
   */
  public ImapResponse send(String command) throws MessagingException {
    return send(command, said -> {});
  }

  /**
   * Sends a command with a short response.
   *
   * @param each receives the untagged responses, which are not kept
   */
  public ImapResponse send(String command, ImapListener each) throws MessagingException {
    return send(command, patience, SHORT_ANSWER, SHORT_LITERAL, each);
  }

  /**
   * Sends a command with a response of the given bounds.
   *
   * @param limit the timeout of the complete response
   * @param most the most bytes of the response
   * @param largest the most bytes of a literal
   */
  public ImapResponse send(
      String command, Duration limit, long most, long largest, ImapListener each)
      throws MessagingException {
    expect(most, largest);
    return send(command, NOTHING_MORE, 1, in(limit), each);
  }

  /**
   * Sends a command with continuation requests.
   *
   * @param further answers each continuation request
   */
  ImapResponse send(String command, List<String> further, Deadline deadline)
      throws MessagingException {
    expect(SHORT_ANSWER, SHORT_LITERAL);
    Iterator<String> more = further.iterator();
    // An empty line ends a failed exchange, such as a refused authentication.
    return send(
        command,
        request -> write(more.hasNext() ? more.next() : ""),
        further.size() + 1,
        deadline,
        said -> {});
  }

  /**
   * Authenticates with a bearer token; a refusal is answered as its mechanism says.
   *
   * @throws ImapRefused if the server refuses, with what its challenge said
   */
  void authenticate(BearerSasl sasl, String response, Deadline deadline) throws MessagingException {
    expect(SHORT_ANSWER, SHORT_LITERAL);
    boolean atOnce = has("SASL-IR");
    AtomicBoolean given = new AtomicBoolean(atOnce);
    AtomicReference<String> challenge = new AtomicReference<>("");
    try {
      send(
          "AUTHENTICATE " + sasl.mechanism() + (atOnce ? " " + response : ""),
          request -> {
            if (!given.getAndSet(true)) {
              write(response);
            } else {
              challenge.set(BearerSasl.detail(request.line().substring(1)));
              write(sasl.end());
            }
          },
          atOnce ? 1 : 2,
          deadline,
          said -> {});
    } catch (ImapRefused e) {
      throw new ImapRefused(e.getMessage() + challenge.get(), e.code());
    }
  }

  /** Sends a command with one continuation request. */
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
          more.give(said);
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
    if (ofMail ? ++ofMails > MAX_MAIL_RESPONSES : ++others > MAX_OTHER_RESPONSES) {
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
   * Starts IDLE (RFC 2177).
   *
   * @throws ImapRefused if the server refuses IDLE
   */
  public void startIdle() throws MessagingException {
    String tag = "A" + ++commands;
    try {
      Deadline deadline = in(patience);
      // The bound holds for the whole IDLE.
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

  /** Whether part of a response has been received. */
  public boolean hasPartialResponse() {
    return reader.isAmid();
  }

  /** Processes the responses received during IDLE, after a selector reported data. */
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
   * Ends IDLE; a no-op if the connection is not idling.
   *
   * @param limit the timeout of the tagged response
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

  /** The channel, for a selector. It must be in blocking mode whenever this connection is used. */
  public SocketChannel channel() {
    return wire.channel();
  }

  /** Returns the buffers to the pool; the next call borrows them again. */
  public void rest() {
    wire.rest();
  }

  /** Closes the connection by LOGOUT, which expunges nothing. Never throws. */
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

  /**
   * Closes the socket. May be called by any thread, also while another one waits for a response.
   */
  public void cut() {
    wire.cut();
  }

  @Override
  public void close() {
    cut();
    wire.rest();
  }
}
