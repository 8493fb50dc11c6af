package org.byoemail.embedded;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The embedded PostgreSQL and Redis. Both listen on loopback only.
 *
 * @param postgres the database
 * @param redis the key-value store
 * @param startTimeout how long each may take to start; a database that repairs itself after a crash
 *     needs more than a clean one
 * @param stopTimeout how long each may take to stop before it is killed
 * @param singleNode whether no other node uses the database: Redis may then be embedded with an
 *     external PostgreSQL
 */
@ConfigurationProperties("byo.embedded")
record EmbeddedSettings(
    @DefaultValue Server postgres,
    @DefaultValue Server redis,
    @DefaultValue("60s") Duration startTimeout,
    @DefaultValue("30s") Duration stopTimeout,
    @DefaultValue("false") boolean singleNode) {

  /**
   * One of them.
   *
   * @param port its TCP port; 0 takes a free one at each start
   */
  record Server(@DefaultValue("0") int port) {
    Server {
      Ports.requireValid(port, "byo.embedded.postgres.port and byo.embedded.redis.port");
    }
  }
}
