package org.byoemail.command.gateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.operations.transfer.LineReader;
import org.jspecify.annotations.Nullable;

/** Some lines of a file as a file of their own, with the header of CSV in front. */
final class ImportBatch {
  private final StringBuilder text = new StringBuilder();
  private final List<LineReader.Line> unreadable = new ArrayList<>();
  private final Map<Long, Long> numbers = new HashMap<>();
  private final int lead;
  private long next = 1;

  /**
   * @param header null: none
   */
  ImportBatch(@Nullable String header) {
    if (header != null) {
      append(header);
    }
    lead = text.length();
  }

  void add(LineReader.Line line) {
    if (line.text() == null) {
      unreadable.add(line);
    } else {
      numbers.put(next, line.number());
      append(line.text());
    }
  }

  private void append(String line) {
    text.append(line).append('\n');
    next += 1 + line.chars().filter(c -> c == '\n').count();
  }

  /** Whether no line could be read. */
  boolean isEmpty() {
    return text.length() == lead;
  }

  int lines() {
    return numbers.size() + unreadable.size();
  }

  int length() {
    return text.length();
  }

  String text() {
    return text.toString();
  }

  /** Lines that cannot be sent. */
  List<LineReader.Line> unreadable() {
    return unreadable;
  }

  /** The number in the whole file of a line of the batch. */
  long numberInFile(long number) {
    return numbers.getOrDefault(number, number);
  }
}
