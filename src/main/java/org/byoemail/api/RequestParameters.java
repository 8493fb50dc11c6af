package org.byoemail.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.byoemail.format.mail.HeaderText;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses parameters that an operation of the API does not have, that are given twice, or that hold
 * control characters: a misspelt filter would otherwise answer with everything.
 */
@Configuration(proxyBeanMethods = false)
class RequestParameters implements WebMvcConfigurer, HandlerInterceptor {
  /** Set by Tomcat if a part of the query could not be decoded, which it then leaves out. */
  private static final String UNREADABLE = "org.apache.catalina.parameter_parse_failed";

  private final Map<Method, Set<String>> known = new ConcurrentHashMap<>();

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/api/v1/**");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method
        && AnnotatedElementUtils.hasAnnotation(method.getBeanType(), RestController.class)
        && method.getBeanType().getPackage().equals(RequestParameters.class.getPackage())) {
      check(request, known.computeIfAbsent(method.getMethod(), m -> names(method)));
    }
    return true;
  }

  private static void check(HttpServletRequest request, Set<String> names) {
    Map<String, String[]> given = request.getParameterMap();
    if (request.getAttribute(UNREADABLE) != null) {
      throw new FieldsRefused(
          List.of(new FieldProblem("", "the query or the form cannot be decoded")));
    }
    List<FieldProblem> problems = new ArrayList<>();
    given.forEach(
        (name, values) -> {
          if (!names.contains(name)) {
            problems.add(new FieldProblem(printable(name), unknown(names)));
          } else if (values.length > 1) {
            problems.add(new FieldProblem(name, "is given more than once"));
          } else if (HeaderText.fault(values[0]) != null) {
            problems.add(new FieldProblem(name, String.valueOf(HeaderText.fault(values[0]))));
          }
        });
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
  }

  private static String unknown(Set<String> names) {
    return names.isEmpty()
        ? "is not a known parameter: there are none here"
        : "is not a known parameter: there are "
            + names.stream().sorted().collect(Collectors.joining(", "));
  }

  private static String printable(String name) {
    String shown = name.replaceAll("[^ -~]", "?");
    return shown.isEmpty() ? "(empty)" : shown.substring(0, Math.min(shown.length(), 100));
  }

  private static Set<String> names(HandlerMethod method) {
    Set<String> names = new HashSet<>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam param = parameter.getParameterAnnotation(RequestParam.class);
      Class<?> type = parameter.getParameterType();
      if (param != null) {
        names.add(param.name().isEmpty() ? parameter.getParameter().getName() : param.name());
      } else if (type.isAnnotationPresent(ParameterObject.class)) {
        Arrays.stream(type.getRecordComponents()).forEach(one -> names.add(one.getName()));
      }
    }
    return names;
  }
}
