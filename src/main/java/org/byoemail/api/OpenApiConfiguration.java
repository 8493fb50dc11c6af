package org.byoemail.api;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The title, server and security scheme of the OpenAPI document. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {
  private static final String KEY = "key";

  @Bean
  OpenAPI openApi(ServerProperties server) {
    String root = server.getServlet().getContextPath();
    return new OpenAPI()
        // Or springdoc derives the URL for all callers from the Host header of the first.
        .addServersItem(new Server().url(root == null ? "/" : root))
        .info(
            new Info()
                .title("BYO Email")
                .version("1")
                .license(new License().name("Apache 2.0").identifier("Apache-2.0"))
                .description(
                    "Agents send and receive through their own mailboxes. Times are ISO 8601 in"
                        + " UTC, refusals are problem details (RFC 9457) with `errors: [{field,"
                        + " reason}]`, lists are `{items, next}`: give `next` as `cursor` for the"
                        + " next page, `limit` is 50 unless given and 200 at most, and a page is"
                        + " shorter where its items are large. Texts that are cut say so"
                        + " (`textTruncated`); a message has them whole. 503 with Retry-After: too"
                        + " many answers are being read. Keys have a role (producer, operator,"
                        + " admin) or permissions, and see one organization, or all."))
        .components(
            new Components()
                .addSecuritySchemes(
                    KEY, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")))
        .addSecurityItem(new SecurityRequirement().addList(KEY));
  }
}
