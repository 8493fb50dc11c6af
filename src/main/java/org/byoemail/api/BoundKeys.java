package org.byoemail.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.Scope;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses to keys that are bound to agents or accounts whatever is not listed here: each of these
 * operations limits itself to {@link Caller#scope()}, or names the agent or account in its path.
 */
@Configuration(proxyBeanMethods = false)
class BoundKeys implements WebMvcConfigurer, HandlerInterceptor {
  private static final String API = "/api/v1";
  private static final Set<String> LIMITED =
      Set.of(
          "GET /openapi.json",
          "GET /schema/{file}",
          "GET /agents",
          "GET /sending-policy",
          "GET /accounts",
          "GET /messages",
          "POST /messages",
          "POST /messages/batch",
          "POST /messages/validate",
          "POST /messages/{id}/reply",
          "POST /messages/{id}/reply-all",
          "POST /messages/{id}/forward",
          "GET /messages/{id}",
          "GET /messages/{id}/mailbox-actions",
          "POST /messages/{id}/mailbox-actions",
          "PATCH /messages/{id}",
          "PATCH /conversations/{id}",
          "DELETE /messages/{id}",
          "GET /messages/{id}/view",
          "GET /messages/{id}/raw",
          "GET /messages/{id}/why",
          "GET /messages/{id}/dossier",
          "POST /messages/{id}/release",
          "POST /messages/{id}/resend",
          "GET /contact-requests",
          "GET /sending/stops",
          "GET /conversations",
          "GET /conversations/{id}",
          "GET /conversations/{id}/view",
          "POST /test/inbound",
          "POST /attachments",
          "GET /attachments/{id}",
          "GET /drafts",
          "POST /drafts",
          "GET /drafts/{id}",
          "PUT /drafts/{id}",
          "DELETE /drafts/{id}",
          "POST /drafts/{id}/send",
          "GET /events",
          "GET /events/stream",
          "GET /events/{id}",
          "GET /bounces",
          "GET /bounces/{id}",
          "GET /reviews",
          "GET /reviews/proposals",
          "GET /reviews/{id}",
          "GET /reviews/{id}/versions/{version}/raw",
          "GET /held",
          "GET /held/{id}",
          "GET /held/{id}/raw",
          "POST /held/{id}/release",
          "POST /held/{id}/discard",
          "GET /webhooks",
          "POST /webhooks",
          "GET /api-keys",
          "POST /api-keys",
          "POST /api-keys/{id}/rotate",
          "DELETE /api-keys/{id}");

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns(API + "/**");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Authentication present = SecurityContextHolder.getContext().getAuthentication();
    if (present != null
        && present.getPrincipal() instanceof Caller caller
        && caller.scope() != null) {
      check(caller.scope(), request);
    }
    return true;
  }

  private static void check(Scope scope, HttpServletRequest request) {
    String pattern =
        String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE))
            .replaceFirst("^" + API, "");
    if (pattern.startsWith("/accounts/{id}") && request.getMethod().equals("GET")) {
      within(scope.accounts(), request, "account");
    } else if (pattern.startsWith("/agents/{id}") && request.getMethod().equals("GET")) {
      within(scope.agents(), request, "agent");
    } else if (pattern.equals("/agents/{id}/contact-requests")) {
      within(scope.agents(), request, "agent");
    } else if (!pattern.startsWith("/webhooks/{id}")
        && !LIMITED.contains(request.getMethod() + " " + pattern)) {
      throw new BindingForbidden();
    }
  }

  private static void within(Set<UUID> ids, HttpServletRequest request, String what) {
    Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    Object id = variables instanceof Map<?, ?> values ? values.get("id") : null;
    if (ids.stream().noneMatch(one -> one.toString().equalsIgnoreCase(String.valueOf(id)))) {
      throw new ResourceNotFound(what);
    }
  }
}
