package org.byoemail.format.mail;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.time.Instant;
import java.util.UUID;

/**
 * Makes the ids of this program: UUIDs of version 7 (RFC 9562 section 5.7), which sort by the time
 * they were made in, so that an index on them grows at one end.
 */
public final class Ids {
  private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator();

  private Ids() {}

  /** A new id. */
  public static UUID next() {
    return GENERATOR.generate();
  }

  /**
   * The lowest id that can have been made in that millisecond: all that sort before it are older.
   */
  public static UUID firstOf(Instant moment) {
    return new UUID(moment.toEpochMilli() << 16 | 0x7000L, 1L << 63);
  }
}
