package org.byoemail.platform.broker;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import java.util.Objects;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if that broker is the selected one. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Conditional(ConditionalOnBroker.Selected.class)
public @interface ConditionalOnBroker {

  /** The broker. */
  BrokerKind value();

  /** Compares it with the setting. */
  class Selected implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      Map<String, ?> attributes =
          Objects.requireNonNull(
              metadata.getAnnotationAttributes(ConditionalOnBroker.class.getName()));
      return BrokerKind.of(context.getEnvironment()) == attributes.get("value");
    }
  }
}
