package org.byoemail;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an idle node return memory to the operating system (JEP 346). A start fills the initial heap,
 * a 64th of the machine's memory, of which a node needs a part later. Does nothing if one of the
 * options was given on the command line, or the JVM has none of that name.
 */
final class IdleHeap {
  private static final Logger log = LoggerFactory.getLogger(IdleHeap.class);

  /** In this order: the first ratio may never be above the second. */
  private static final List<Option> OPTIONS =
      List.of(
          new Option("MinHeapFreeRatio", "20"),
          new Option("MaxHeapFreeRatio", "40"),
          new Option("G1PeriodicGCInterval", String.valueOf(Duration.ofMinutes(1).toMillis())));

  private record Option(String name, String value) {}

  private IdleHeap() {}

  /** Sets the options of this JVM. */
  static void shrinks() {
    shrinks(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class));
  }

  static void shrinks(@Nullable HotSpotDiagnosticMXBean jvm) {
    if (jvm == null) {
      return;
    }
    try {
      if (OPTIONS.stream().allMatch(option -> isDefault(jvm.getVMOption(option.name())))) {
        OPTIONS.forEach(option -> jvm.setVMOption(option.name(), option.value()));
      }
    } catch (IllegalArgumentException e) {
      log.debug("an idle node keeps its heap: {}", e.getMessage());
    }
  }

  private static boolean isDefault(VMOption option) {
    return option.isWriteable() && option.getOrigin() == VMOption.Origin.DEFAULT;
  }
}
