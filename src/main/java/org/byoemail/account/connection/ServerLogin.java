package org.byoemail.account.connection;

import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.byoemail.account.registry.ServerSettings;

/** What the logins of both protocols have in common: the deadline, and the stage reached. */
abstract class ServerLogin {
  final ServerSettings server;
  final Timeouts timeouts;
  final Deadline overall;
  private final TrustedCertificates trusted;
  private Stage stage = Stage.CONNECT;
  private Consumer<Stage> reached = stage -> {};

  /**
   * @param overall the deadline of the whole login
   */
  ServerLogin(
      ServerSettings server, TrustedCertificates trusted, Timeouts timeouts, Deadline overall) {
    this.server = server;
    this.trusted = trusted;
    this.timeouts = timeouts;
    this.overall = overall;
  }

  /**
   * @param reached called at the beginning of each stage
   */
  final void observe(Consumer<Stage> reached) {
    this.reached = reached;
  }

  final void reach(Stage begun) {
    stage = begun;
    reached.accept(begun);
  }

  /** The stage reached. */
  final Stage stage() {
    return stage;
  }

  /** The deadline of the next step. */
  final Deadline step() {
    return overall.orIn(timeouts.read());
  }

  final SSLEngine engine() {
    return trusted.engine(HostVetting.name(server.host()), server.port());
  }
}
