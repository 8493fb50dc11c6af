package org.byoemail.operations.setup;

import java.util.List;
import java.util.stream.Collectors;

/** Some fields of a request or form are not valid. */
public class FieldsRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<FieldProblem> problems;

  /** With at least one problem. */
  public FieldsRefused(List<FieldProblem> problems) {
    super(
        problems.stream().map(p -> p.field() + " " + p.reason()).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** With one problem. */
  public FieldsRefused(String field, String reason) {
    this(List.of(new FieldProblem(field, reason)));
  }

  /** The problems, at least one. */
  public List<FieldProblem> problems() {
    return problems;
  }
}
