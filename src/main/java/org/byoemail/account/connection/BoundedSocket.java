package org.byoemail.account.connection;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.angus.mail.util.WriteTimeoutSocket;

/**
 * A connection whose peer is not trusted to be brief: an answer that trickles in or does not end is
 * cut off, as a silent one is. Used by one thread at a time.
 */
final class BoundedSocket extends WriteTimeoutSocket {
  private static final int LONGEST_ANSWER = 1 << 20;

  private final Clock clock;
  private volatile long patience;
  private volatile long answerSince;
  private volatile int answered;
  private volatile Deadline deadline;
  private int waits;

  BoundedSocket(
      Socket socket,
      Timeouts timeouts,
      Deadline deadline,
      ScheduledExecutorService scheduler,
      Clock clock)
      throws IOException {
    super(socket, (int) timeouts.write().toMillis(), scheduler);
    this.clock = clock;
    this.deadline = deadline;
    patience(timeouts.read());
  }

  /** How long the complete answer to what is written from now on may take. */
  void patience(Duration limit) throws SocketException {
    patience = limit.toMillis();
    waits = (int) patience;
    setSoTimeout(waits);
    nextAnswer();
  }

  /** By when all that is read and written from now on must be over. */
  void deadline(Deadline until) {
    deadline = until;
  }

  /** The next answer has as long, and may be as long, as the one that has ended. */
  void nextAnswer() {
    answerSince = clock.millis();
    answered = 0;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Answers(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new Commands(super.getOutputStream());
  }

  private final class Answers extends FilterInputStream {
    Answers(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int wait = (int) Math.min(patience, deadline.millisLeft());
      if (wait != waits) {
        waits = wait;
        setSoTimeout(wait);
      }
      int count = super.read(buffer, offset, length);
      answered += Math.max(count, 0);
      if (answered > LONGEST_ANSWER) {
        throw new IOException("the server's answer does not end");
      }
      if (clock.millis() - answerSince > patience) {
        throw new SocketTimeoutException("the server's answer trickles in");
      }
      return count;
    }
  }

  private final class Commands extends FilterOutputStream {
    Commands(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      deadline.millisLeft();
      out.write(buffer, offset, length);
      answerSince = clock.millis();
      answered = 0;
    }
  }
}
