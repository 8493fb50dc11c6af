package org.byoemail.support;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** How long the processor works for something, however busy the machine is with others. */
public final class CpuTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int TRIES = 5;

  private CpuTime() {}

  /** The least of several runs on this thread: the first ones are not compiled yet. */
  public static Duration least(Runnable work, Duration enough) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && least > enough.toNanos(); i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      work.run();
      least = Math.min(least, THREADS.getCurrentThreadCpuTime() - start);
    }
    return Duration.ofNanos(least);
  }
}
