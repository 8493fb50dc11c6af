package org.byoemail.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Hears which statements are sent to the database while it is open. */
public final class StatementLog implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger(JdbcTemplate.class);
  private final ListAppender<ILoggingEvent> heard = new ListAppender<>();
  private final Level before = logger.getLevel();

  public StatementLog() {
    heard.start();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(heard);
  }

  /** Those of the calling thread, so far: not of work that the application does by itself. */
  public List<String> ofThisThread() {
    String thread = Thread.currentThread().getName();
    return List.copyOf(heard.list).stream()
        .filter(event -> event.getThreadName().equals(thread))
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.startsWith("Executing ") && message.contains("["))
        .toList();
  }

  /** The statements that ask this table, so far. */
  public List<String> of(String table) {
    return List.copyOf(heard.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains("[") && message.contains("FROM " + table + " "))
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(heard);
    logger.setLevel(before);
  }
}
