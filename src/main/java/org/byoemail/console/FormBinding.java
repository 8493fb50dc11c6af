package org.byoemail.console;

import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.servlet.mvc.method.annotation.ExtendedServletRequestDataBinder;

/**
 * Binds forms only from their own fields. Spring would also take a missing field from a parameter
 * with {@code !} or {@code _} before its name, or from a header, which {@link ConsoleScope} does
 * not look at.
 */
@ControllerAdvice(basePackageClasses = FormBinding.class)
class FormBinding {
  @InitBinder
  void bindFieldsOnly(WebDataBinder binder) {
    binder.setFieldDefaultPrefix(null);
    binder.setFieldMarkerPrefix(null);
    if (binder instanceof ExtendedServletRequestDataBinder extended) {
      extended.setHeaderPredicate(header -> false);
    }
  }
}
