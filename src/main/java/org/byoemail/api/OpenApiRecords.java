package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tells the description of the API which properties of a record may be null, and which are always
 * there, by the same annotations that the compiler and Jackson read.
 */
@Component
class OpenApiRecords implements ModelConverter {
  private static final String NULL = "null";

  private final Map<String, Class<?>> names = new ConcurrentHashMap<>();

  @Override
  public @Nullable Schema<?> resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
    Schema<?> resolved = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
    JavaType java = type.getType() == null ? null : Json.mapper().constructType(type.getType());
    if (resolved == null || java == null || !java.getRawClass().isRecord()) {
      return resolved;
    }
    Schema<?> model = resolved;
    if (resolved.get$ref() != null) {
      String name = resolved.get$ref().substring(resolved.get$ref().lastIndexOf('/') + 1);
      model = context.getDefinedModels().get(name);
      requireUnique(name, java);
    }
    if (model != null && model.getProperties() != null) {
      List<String> required = new ArrayList<>();
      describe(java.getRawClass(), model, required);
      model.setRequired(required);
    }
    return resolved;
  }

  /** Or one of the two would be described as the other. */
  private void requireUnique(String name, JavaType type) {
    Class<?> other = names.putIfAbsent(name, type.getRawClass());
    if (other != null && other != type.getRawClass()) {
      throw new IllegalStateException(
          "two schemas are named " + name + ": " + other + " and " + type.getRawClass());
    }
  }

  private static void describe(Class<?> type, Schema<?> model, List<String> required) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (annotation(type, component, JsonUnwrapped.class) != null) {
        describe(component.getType(), model, required);
        continue;
      }
      Schema<?> property = model.getProperties().get(component.getName());
      if (property == null) {
        continue;
      }
      io.swagger.v3.oas.annotations.media.Schema said =
          annotation(type, component, io.swagger.v3.oas.annotations.media.Schema.class);
      EnumWords words = annotation(type, component, EnumWords.class);
      if (words != null) {
        List<String> all = EnumWords.Values.of(words.value());
        ((Schema<String>) property).setEnum(all);
      }
      boolean demanded =
          said != null
              && said.requiredMode()
                  == io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;
      if (component.getType() == JsonNode.class && !isNamed(property)) {
        property = anyObject(property);
        model.addProperty(component.getName(), property);
      }
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      boolean omitted = annotation(type, component, JsonInclude.class) != null;
      if (nullable && !demanded && !omitted) {
        model.addProperty(component.getName(), orNull(property));
      }
      if (!omitted) {
        required.add(component.getName());
      }
    }
  }

  private static <A extends Annotation> @Nullable A annotation(
      Class<?> type, RecordComponent component, Class<A> wanted) {
    try {
      return type.getDeclaredField(component.getName()).getAnnotation(wanted);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the declaration names a schema; the one that is made of the class is of no use. */
  private static boolean isNamed(Schema<?> property) {
    return property.get$ref() != null && !property.get$ref().endsWith("/JsonNode");
  }

  private static Schema<?> anyObject(Schema<?> property) {
    Schema<?> any = new Schema<>();
    any.types(new HashSet<>(Set.of("object"))); // A null may be added.
    any.additionalProperties(true);
    any.description(property.getDescription());
    return any;
  }

  private static Schema<?> orNull(Schema<?> property) {
    Schema<?> bare = new Schema<>();
    bare.types(Set.of(NULL));
    if (property.get$ref() == null && property.getEnum() == null) {
      if (property.getTypes() == null && property.getType() == null) {
        return property; // It says nothing of the type, so it permits null.
      }
      if (property.getTypes() == null) {
        property.addType(property.getType());
      }
      property.addType(NULL);
      return property;
    }
    Schema<?> either = new Schema<>();
    either.description(property.getDescription());
    property.description(null);
    either.addAnyOfItem(property);
    either.addAnyOfItem(bare);
    return either;
  }

  /** Whether a property may be null. */
  static boolean mayBeNull(Schema<?> property) {
    return property.getTypes() != null && property.getTypes().contains(NULL)
        || property.getAnyOf() != null
            && property.getAnyOf().stream()
                .anyMatch(one -> one.getTypes() != null && one.getTypes().contains(NULL));
  }
}
