package org.byoemail.platform.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects which fields a change touched, as the details of an entry. For one thread. */
public final class ChangedFields {
  private final List<String> changed = new ArrayList<>();
  private final Map<String, Object> before = new LinkedHashMap<>();
  private final Map<String, Object> after = new LinkedHashMap<>();

  /** Compares a field whose values are harmless: both are recorded if they differ. */
  public ChangedFields compare(String field, @Nullable Object old, @Nullable Object now) {
    if (!Objects.equals(old, now)) {
      changed.add(field);
      put(before, field, old);
      put(after, field, now);
    }
    return this;
  }

  /** Compares a field whose values are not recorded: secrets, and what is long. */
  public ChangedFields compareUnseen(String field, @Nullable Object old, @Nullable Object now) {
    if (!Objects.equals(old, now)) {
      changed.add(field);
    }
    return this;
  }

  /** Whether no field differs. */
  public boolean isEmpty() {
    return changed.isEmpty();
  }

  /** {@code changed}: the names of the fields; {@code before} and {@code after}: their values. */
  public Map<String, Object> details() {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("changed", List.copyOf(changed));
    if (!before.isEmpty()) {
      details.put("before", before);
    }
    if (!after.isEmpty()) {
      details.put("after", after);
    }
    return details;
  }

  private static void put(Map<String, Object> values, String field, @Nullable Object value) {
    if (value != null) {
      values.put(field, value);
    }
  }
}
