package org.byoemail.operations.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.byoemail.operations.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;

/**
 * Lines of CSV as fields, and back. A cell that a spreadsheet would run as a formula is written
 * with an apostrophe in front, which is dropped when it is read again.
 */
final class AccountCsv {
  /** Every column: the paths of the fields. */
  static final List<String> COLUMNS = paths("", AccountLine.class).toList();

  /** Columns whose cells have a value on each of their lines. */
  private static final Set<String> LISTS = Set.of("imap.folders");

  private static final String PASSWORD = ".password";
  private static final String FORMULA = "=+-@\t\r'";
  private static final int SHOWN = 50;
  private static final CsvMapper CSV = new CsvMapper();

  private final List<String> columns;
  private final char separator;

  private AccountCsv(List<String> columns, char separator) {
    this.columns = columns;
    this.separator = separator;
  }

  /**
   * Reads the header.
   *
   * @throws FieldsRefused if a column is unknown or a duplicate, or the address is not among them
   */
  static AccountCsv ofHeader(String line, char separator) {
    List<String> columns = cells(line, separator).stream().map(AccountCsv::name).toList();
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!COLUMNS.contains(column)) {
        throw new FieldsRefused(
            "header",
            "has the unknown column "
                + shown(column)
                + ": the columns are "
                + String.join(", ", COLUMNS));
      }
      if (!seen.add(column)) {
        throw new FieldsRefused("header", "has the duplicate column " + column);
      }
    }
    if (!seen.contains("address")) {
      throw new FieldsRefused("header", "must have the column address");
    }
    return new AccountCsv(columns, separator);
  }

  /**
   * The fields of a line; empty cells are left out.
   *
   * @throws FieldsRefused if it is not valid CSV, or has more cells than there are columns
   */
  ObjectNode fields(String line) {
    List<String> cells = cells(line, separator);
    if (cells.size() > columns.size()) {
      throw new FieldsRefused(
          "line", "has " + cells.size() + " cells, the header " + columns.size());
    }
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      String column = columns.get(i);
      if (!cell.isEmpty()) {
        put(fields, column, column.endsWith(PASSWORD) ? cell : withoutApostrophe(cell));
      }
    }
    return fields;
  }

  /** The header of an export: every column but the passwords. */
  static String header() {
    return write(exported());
  }

  /** A line of an export. */
  static String line(ObjectNode fields) {
    return write(
        exported().stream()
            .map(column -> fields.at("/" + column.replace('.', '/')))
            .map(value -> value.isMissingNode() || value.isNull() ? "" : cell(value))
            .toList());
  }

  private static List<String> exported() {
    return COLUMNS.stream().filter(column -> !column.endsWith(PASSWORD)).toList();
  }

  private static String cell(JsonNode value) {
    String text =
        value.isArray()
            ? StreamSupport.stream(value.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining("\n"))
            : value.asText();
    return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }

  private static String withoutApostrophe(String cell) {
    return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA.indexOf(cell.charAt(1)) >= 0
        ? cell.substring(1)
        : cell;
  }

  private static void put(ObjectNode fields, String path, String value) {
    int dot = path.indexOf('.');
    ObjectNode parent = dot < 0 ? fields : fields.withObjectProperty(path.substring(0, dot));
    String name = path.substring(dot + 1);
    if (LISTS.contains(path)) {
      value.lines().forEach(parent.putArray(name)::add);
    } else {
      parent.put(name, value);
    }
  }

  private static List<String> cells(String line, char separator) {
    try (var rows =
        CSV.readerFor(String[].class)
            .with(CsvParser.Feature.WRAP_AS_ARRAY)
            .with(CsvSchema.emptySchema().withColumnSeparator(separator))
            .<@Nullable String[]>readValues(line)) {
      List<String> cells = new ArrayList<>();
      if (rows.hasNextValue()) {
        Arrays.stream(rows.nextValue()).forEach(cell -> cells.add(cell == null ? "" : cell));
      }
      if (rows.hasNextValue()) {
        throw new FieldsRefused("line", "is not valid CSV: a line break is not in quotes");
      }
      return cells;
    } catch (IOException e) {
      throw new FieldsRefused("line", "is not valid CSV");
    }
  }

  private static String write(List<String> cells) {
    try {
      return CSV.writer(CsvSchema.emptySchema().withLineSeparator("\r\n"))
          .writeValueAsString(cells);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts cannot be written as CSV", e);
    }
  }

  private static String name(String cell) {
    return cell.strip();
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
  }

  private static Stream<String> paths(String prefix, Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .flatMap(
            component ->
                component.getType().isRecord()
                    ? paths(prefix + component.getName() + ".", component.getType())
                    : Stream.of(prefix + component.getName()));
  }
}
