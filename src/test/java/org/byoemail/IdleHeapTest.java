package org.byoemail;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

class IdleHeapTest {
  private final HotSpotDiagnosticMXBean jvm = mock(HotSpotDiagnosticMXBean.class);

  @BeforeEach
  void allAreDefaults() {
    when(jvm.getVMOption(any())).thenReturn(option(VMOption.Origin.DEFAULT));
  }

  @Test
  void lowerRatioIsSetBeforeTheHigherOne() {
    IdleHeap.shrinks(jvm);

    InOrder order = inOrder(jvm);
    order.verify(jvm).setVMOption("MinHeapFreeRatio", "20");
    order.verify(jvm).setVMOption("MaxHeapFreeRatio", "40");
    order.verify(jvm).setVMOption("G1PeriodicGCInterval", "60000");
  }

  @Test
  void optionOfTheCommandLineLeavesAllAsTheyAre() {
    when(jvm.getVMOption("MinHeapFreeRatio")).thenReturn(option(VMOption.Origin.VM_CREATION));

    IdleHeap.shrinks(jvm);

    verify(jvm, never()).setVMOption(anyString(), anyString());
  }

  @Test
  void jvmWithoutTheOptionsIsLeftAsItIs() {
    when(jvm.getVMOption("G1PeriodicGCInterval")).thenThrow(new IllegalArgumentException("none"));

    IdleHeap.shrinks(jvm);
    IdleHeap.shrinks(null);

    verify(jvm, never()).setVMOption(anyString(), anyString());
  }

  private static VMOption option(VMOption.Origin origin) {
    return new VMOption("any", "0", true, origin);
  }
}
