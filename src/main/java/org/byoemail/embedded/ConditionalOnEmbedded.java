package org.byoemail.embedded;

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

/** Matches if the part is embedded. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Conditional(ConditionalOnEmbedded.Embedded.class)
@interface ConditionalOnEmbedded {

  /** The part. */
  Part value();

  /** The parts that can be embedded; ANY matches if at least one of them is. */
  enum Part {
    DATABASE,
    REDIS,
    BROKER,
    DEMO,
    ANY
  }

  /** Asks {@link EmbeddedParts}. */
  class Embedded implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      EmbeddedParts parts = EmbeddedParts.of(context.getEnvironment());
      Map<String, ?> attributes =
          Objects.requireNonNull(
              metadata.getAnnotationAttributes(ConditionalOnEmbedded.class.getName()));
      return switch ((Part) Objects.requireNonNull(attributes.get("value"))) {
        case DATABASE -> parts.database();
        case REDIS -> parts.redis();
        case BROKER -> parts.broker();
        case DEMO -> parts.demo();
        case ANY -> parts.any();
      };
    }
  }
}
