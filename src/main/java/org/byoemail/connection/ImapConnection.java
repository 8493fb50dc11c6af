package org.byoemail.connection;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A conversation with an IMAP server (RFC 9051, RFC 3501), signed in when it is given out by {@link
 * ImapConnections}; it belongs to whoever opened it. Each call has a time in which the complete
 * answer must have come, and a number of bytes that it may have. Used by one thread at a time; only
 * {@link #cut} may be called by any. A call that fails, except by {@link ImapRefused}, leaves it of
 * no more use.
 */
public final class ImapConnection implements AutoCloseable {
  /** Enough for any answer that carries no mail. */
  public static final long SHORT_ANSWER = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(ImapConnection.class);
  private static final int WORDS_UNDER_IDLE = 64 << 10;

  private final ImapWire wire;
  private final ImapReader reader;
  private final Duration patience;
  private ImapListener listener = said -> {};
  private final ImapOffer offer = new ImapOffer();
  private int commands;
  private @Nullable String bye;
  private @Nullable String idleTag;

  /**
   * @param patience how long a server may take for a short answer
   */
  ImapConnection(ImapWire wire, Duration patience) {
    this.wire = wire;
    this.reader = new ImapReader(wire);
    this.patience = patience;
  }

  ImapWire wire() {
    return wire;
  }

  /** Whether the server offers that, as it said after the sign-in. */
  public boolean has(String capability) {
    return offer.all().contains(capability);
  }

  /** Has all be told to that listener from now on. */
  public void listen(ImapListener to) {
    listener = to;
  }

  /** What the server says first. */
  ImapResponse greeting(Deadline deadline) throws IOException {
    reader.expect(WORDS_UNDER_IDLE);
    ImapResponse greeting = reader.next(deadline);
    offer.learn(greeting);
    return greeting;
  }

  ImapOffer offer() {
    return offer;
  }

  /**
   * Sends a command of one line and returns the answer, the line that ends it last.
   *
   * @throws ImapRefused where the server says NO or BAD
   */
  public List<ImapResponse> send(String command) throws MessagingException {
    return send(command, patience, SHORT_ANSWER);
  }

  /**
   * The same with an answer of another length.
   *
   * @param limit for the complete answer
   * @param most bytes of the answer
   */
  public List<ImapResponse> send(String command, Duration limit, long most)
      throws MessagingException {
    return send(command, List.of(), Deadline.in(limit), most);
  }

  /**
   * Sends a command that the server asks more for.
   *
   * @param further what it is given, each time it asks
   */
  List<ImapResponse> send(String command, List<String> further, Deadline deadline, long most)
      throws MessagingException {
    Iterator<String> more = further.iterator();
    // An empty line ends an exchange that has gone wrong, such as a sign-in that is refused.
    return send(command, () -> write(more.hasNext() ? more.next() : ""), deadline, most);
  }

  List<ImapResponse> send(String command, ImapContinuation more, Deadline deadline, long most)
      throws MessagingException {
    String tag = "A" + ++commands;
    List<ImapResponse> answer = new ArrayList<>();
    try {
      reader.expect(most);
      write(tag + " " + command);
      while (true) {
        ImapResponse said = reader.next(deadline);
        if (said.isUntagged()) {
          hear(said);
          answer.add(said);
        } else if (said.tag().equals("+")) {
          more.give();
        } else if (said.tag().equals(tag)) {
          answer.add(said);
          return ended(said, answer);
        } else {
          throw new IOException("the server answers what was not asked");
        }
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private List<ImapResponse> ended(ImapResponse said, List<ImapResponse> answer)
      throws MessagingException {
    offer.learn(said);
    if (!said.is("OK")) {
      throw new ImapRefused(said.text(), said.codeName());
    }
    return answer;
  }

  private void write(String line) throws IOException {
    wire.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private void hear(ImapResponse said) {
    if (said.is("BYE")) {
      bye = said.words();
    }
    offer.learn(said);
    listener.said(said);
  }

  private MessagingException lost(IOException e) {
    cut();
    String words = bye == null ? String.valueOf(e.getMessage()) : "the server said: " + bye;
    boolean late = e instanceof SocketTimeoutException;
    return new MessagingException(
        late ? "the server did not answer in time" : "the connection was lost: " + words, e);
  }

  /**
   * Begins to wait for the server (RFC 2177).
   *
   * @throws ImapRefused where the server will not
   */
  public void startIdle() throws MessagingException {
    String tag = "A" + ++commands;
    try {
      Deadline deadline = Deadline.in(patience);
      reader.expect(SHORT_ANSWER);
      write(tag + " IDLE");
      while (idleTag == null) {
        ImapResponse said = reader.next(deadline);
        if (said.tag().equals("+")) {
          idleTag = tag;
        } else if (said.tag().equals(tag)) {
          ended(said, List.of());
          throw new IOException("the server does not wait");
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
  public boolean isAmidWords() {
    return reader.isAmid();
  }

  /** Takes in what has arrived while waiting, where a selector says that something has. */
  public void hearUnderIdle() throws MessagingException {
    try {
      wire.receive(Deadline.in(patience));
      hearWhatIsHere();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private void hearWhatIsHere() throws IOException {
    reader.expect(WORDS_UNDER_IDLE);
    for (ImapResponse said = reader.nextHere(); said != null; said = reader.nextHere()) {
      reader.expect(WORDS_UNDER_IDLE);
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
      Deadline deadline = Deadline.in(limit);
      if (idleTag != null) {
        reader.expect(SHORT_ANSWER);
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
      send("LOGOUT", limit, SHORT_ANSWER);
    } catch (MessagingException | RuntimeException e) {
      log.debug("A server was left without goodbye", e);
    } finally {
      cut();
    }
  }

  /** Cuts the connection. May be called by any thread while another one waits in here. */
  public void cut() {
    try {
      wire.close();
    } catch (IOException e) {
      log.debug("A connection did not close", e);
    }
  }

  @Override
  public void close() {
    cut();
    wire.rest();
  }
}
