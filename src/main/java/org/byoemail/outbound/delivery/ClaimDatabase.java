package org.byoemail.outbound.delivery;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Connections of their own for claiming. The table of deliveries is empty at one moment and full at
 * the next, so what the database knows of its size is often wrong, and a plan that reads the whole
 * table would be made for the empty one and kept for the full one: here each row is found by an
 * index. And one that claims may wait for work while it holds a connection, of which nobody else
 * has fewer then.
 */
@Configuration(proxyBeanMethods = false)
class ClaimDatabase {
  static final String DATA_SOURCE = "claimDataSource";

  // One claims, one looks after what waits, one after what is claimed.
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
    // A claim need not be durable by itself: the commit that begins its try makes it so (ADR 0018).
    connections.setConnectionInitSql(
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET synchronous_commit = off");
    // The database may be away at the start: it is asked again, as everywhere.
    connections.setInitializationFailTimeout(-1);
    return connections;
  }
}
