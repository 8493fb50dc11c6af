package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request as it arrives, bounded in size and in waiting time. Its reader (a
 * controller, the container for the parameters or the parts of a form) reads through here. Used by
 * one thread at a time.
 */
final class ArrivingBody implements InputBuffer {
  private final InputBuffer source;
  private final long limit;
  private final BodySettings settings;
  private final WaitingBodyThreads waiting;
  private final LongSupplier nanos;
  private Set<String> clients;
  private long received;
  private long waited;
  private @Nullable IOException refusal;

  /**
   * @param limit in bytes
   * @param address of the client
   * @param nanos a clock such as {@link System#nanoTime}
   */
  ArrivingBody(
      InputBuffer source,
      long limit,
      BodySettings settings,
      WaitingBodyThreads waiting,
      String address,
      LongSupplier nanos) {
    this.source = source;
    this.limit = limit;
    this.settings = settings;
    this.waiting = waiting;
    this.clients = Set.of(address);
    this.nanos = nanos;
  }

  /** From now on its waiting also counts for that caller. */
  static void belongsTo(Caller caller, HttpServletRequest request) {
    if (request.getAttribute(ArrivingBody.class.getName()) instanceof ArrivingBody body) {
      String owner = caller.organization() == null ? caller.name() : caller.organization().value();
      body.clients = Set.of(body.clients.iterator().next(), "key of " + owner);
    }
  }

  void attachTo(HttpServletRequest request) {
    request.setAttribute(ArrivingBody.class.getName(), this);
  }

  /** Why the body was refused; null if it was not. */
  @Nullable IOException refusal() {
    return refusal;
  }

  /** How many bytes of it have been read. */
  long received() {
    return received;
  }

  @Override
  public int doRead(ApplicationBufferHandler handler) throws IOException {
    if (refusal != null) {
      throw refusal;
    }
    int read = source.available() > 0 ? source.doRead(handler) : waitFor(handler);
    received += Math.max(0, read);
    if (received > limit) {
      throw refuse(BodyRefused.tooLarge(limit));
    }
    long allowed = settings.timeout().toMillis() + received * 1000 / settings.minRate().toBytes();
    if (read >= 0 && TimeUnit.NANOSECONDS.toMillis(waited) > allowed) {
      throw refuse(BodyRefused.tooSlow());
    }
    return read;
  }

  private int waitFor(ApplicationBufferHandler handler) throws IOException {
    Set<String> counted = clients;
    try {
      waiting.enter(counted);
    } catch (BodyRefused e) {
      throw refuse(e);
    }
    long since = nanos.getAsLong();
    try {
      return source.doRead(handler);
    } catch (SocketTimeoutException e) {
      throw refuse(BodyRefused.tooSlow());
    } catch (IOException e) {
      throw refuse(e);
    } finally {
      waited += nanos.getAsLong() - since;
      waiting.leave(counted);
    }
  }

  private IOException refuse(IOException e) {
    refusal = e;
    return e;
  }

  @Override
  public int available() {
    return refusal == null ? source.available() : 0;
  }
}
