package org.byoemail.outbound.delivery;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A pool of connections for claiming. The table of deliveries is empty at one moment and full at
 * the next, so the statistics of the database are often wrong, and a plan that reads the whole
 * table would be made for the empty one and kept for the full one: with these connections each row
 * is found by an index. Claiming and renewing never wait for a connection that sending uses.
 */
@Configuration(proxyBeanMethods = false)
class ClaimDatabase {
  static final String DATA_SOURCE = "claimDataSource";

  // For claiming, for marking what is due, and for renewing.
  private static final int CONNECTIONS = 3;

  @Bean(name = DATA_SOURCE, defaultCandidate = false)
  HikariDataSource claimDataSource(JdbcConnectionDetails database) {
    HikariDataSource connections = new HikariDataSource();
    connections.setPoolName("claims");
    connections.setJdbcUrl(database.getJdbcUrl());
    connections.setUsername(database.getUsername());
    connections.setPassword(database.getPassword());
    connections.setMaximumPoolSize(CONNECTIONS);
    connections.setMinimumIdle(1);
    connections.addDataSourceProperty("tcpKeepAlive", true);
    // A claim need not be durable by itself: the commit that begins its attempt makes it so (ADR
    // 0018).
    connections.setConnectionInitSql(
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET synchronous_commit = off");
    // The start does not wait for the database.
    connections.setInitializationFailTimeout(-1);
    return connections;
  }
}
