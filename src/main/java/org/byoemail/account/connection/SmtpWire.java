package org.byoemail.account.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** The sockets of one SMTP connection, guarded below TLS. */
final class SmtpWire extends SocketFactory {
  private final Timeouts timeouts;
  private final ScheduledExecutorService scheduler;
  private final Clock clock;
  private Deadline deadline;
  private @Nullable BoundedSocket guard;

  SmtpWire(Timeouts timeouts, Deadline deadline, ScheduledExecutorService scheduler, Clock clock) {
    this.timeouts = timeouts;
    this.deadline = deadline;
    this.scheduler = scheduler;
    this.clock = clock;
  }

  SSLSocketFactory tls(TrustedCertificates trusted, String name) {
    return new HostnameVerifyingSocketFactory(
        trusted.sockets(),
        name,
        socket -> socket instanceof BoundedSocket ? socket : guard(socket));
  }

  /** By when all that follows must be over. */
  void deadline(Deadline until) {
    deadline = until;
    if (guard != null) {
      guard.deadline(until);
    }
  }

  /** The server takes its time before it answers to a whole mail. */
  void expectAnswerToMail() throws IOException {
    patience(timeouts.data());
  }

  void expectAnswerToCommand() throws IOException {
    patience(timeouts.read());
  }

  /** To a command that was written before the last answer was read. */
  void expectNextAnswer() {
    if (guard != null) {
      guard.nextAnswer();
    }
  }

  private void patience(Duration limit) throws IOException {
    if (guard != null) {
      guard.patience(limit);
    }
  }

  @Override
  public Socket createSocket() {
    return guard(new Socket());
  }

  private BoundedSocket guard(Socket socket) {
    try {
      BoundedSocket guarded = new BoundedSocket(socket, timeouts, deadline, scheduler, clock);
      guarded.setTcpNoDelay(true);
      guarded.setKeepAlive(true);
      guard = guarded;
      return guarded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("connects later, to a vetted address");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    return createSocket(host, port);
  }

  @Override
  public String toString() {
    return "guarded connection";
  }
}
