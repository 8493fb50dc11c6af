package org.byoemail.support;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips a test, or fails it where {@code BYO_REQUIRE_TEST_SERVERS} is {@code true}, when a program
 * is not installed. {@link DovecotServer} and {@link PostfixServer} check for their own programs.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresPrograms.Condition.class)
public @interface RequiresPrograms {
  /**
   * Names as typed in a shell, such as {@code chromium}, or paths in the folder of what was
   * unpacked, such as {@code node-clients/node_modules/typescript}.
   */
  String[] value();

  /** Looks for the programs. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return findAnnotation(context.getElement(), RequiresPrograms.class)
          .map(annotation -> Requirements.ofThisMachine().check(annotation.value()))
          .orElseGet(() -> enabled("no programs required"));
    }
  }
}
