package org.byoemail.platform.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Fills in the parameter {@code organization} of the console's forms for people who see one
 * organisation only, and refuses any other.
 */
class OrganizationParameterFilter extends OncePerRequestFilter {
  private static final String PARAMETER = "organization";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Authentication who = SecurityContextHolder.getContext().getAuthentication();
    OrganizationId own =
        who != null && who.getPrincipal() instanceof Caller caller ? caller.organization() : null;
    if (own == null) {
      chain.doFilter(request, response);
      return;
    }
    String[] asked = request.getParameterValues(PARAMETER);
    for (String one : asked == null ? new String[0] : asked) {
      if (!one.isBlank() && !one.strip().equals(own.value())) {
        response.sendError(HttpServletResponse.SC_FORBIDDEN);
        return;
      }
    }
    chain.doFilter(new Filled(request, own.value()), response);
  }

  private static final class Filled extends HttpServletRequestWrapper {
    private final String own;

    Filled(HttpServletRequest request, String own) {
      super(request);
      this.own = own;
    }

    @Override
    public @Nullable String getParameter(String name) {
      return name.equals(PARAMETER) ? own : super.getParameter(name);
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
      return name.equals(PARAMETER) ? new String[] {own} : super.getParameterValues(name);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
      Map<String, String[]> all = new LinkedHashMap<>(super.getParameterMap());
      all.put(PARAMETER, new String[] {own});
      return Collections.unmodifiableMap(all);
    }

    @Override
    public Enumeration<String> getParameterNames() {
      Set<String> names = new LinkedHashSet<>(Collections.list(super.getParameterNames()));
      names.add(PARAMETER);
      return Collections.enumeration(names);
    }
  }
}
