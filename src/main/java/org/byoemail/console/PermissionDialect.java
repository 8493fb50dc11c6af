package org.byoemail.console;

import java.util.Optional;
import java.util.Set;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsolePermissions;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.thymeleaf.context.ITemplateContext;
import org.thymeleaf.dialect.AbstractProcessorDialect;
import org.thymeleaf.model.IProcessableElementTag;
import org.thymeleaf.processor.IProcessor;
import org.thymeleaf.processor.element.AbstractElementTagProcessor;
import org.thymeleaf.processor.element.IElementTagStructureHandler;
import org.thymeleaf.templatemode.TemplateMode;

/**
 * Leaves out of a page the forms and links for which the person lacks the permission, by the rule
 * that refuses them ({@link ConsolePermissions}).
 */
@Component
class PermissionDialect extends AbstractProcessorDialect {
  /** Runs after the standard dialect has made the addresses. */
  private static final int AFTER_STANDARD = 10_000;

  private static final String PATH = "/console/";

  PermissionDialect() {
    super("Permission", null, AFTER_STANDARD);
  }

  @Override
  public Set<IProcessor> getProcessors(String prefix) {
    return Set.of(
        new Permitted("form", "action", "post", HttpMethod.POST),
        new Permitted("a", "href", "", HttpMethod.GET));
  }

  /** A form that posts, or a link. */
  private static final class Permitted extends AbstractElementTagProcessor {
    private final String attribute;
    private final String kind;
    private final HttpMethod method;

    Permitted(String element, String attribute, String kind, HttpMethod method) {
      super(TemplateMode.HTML, null, element, false, null, false, AFTER_STANDARD);
      this.attribute = attribute;
      this.kind = kind;
      this.method = method;
    }

    @Override
    protected void doProcess(
        ITemplateContext context,
        IProcessableElementTag tag,
        IElementTagStructureHandler structure) {
      String of = method == HttpMethod.POST ? tag.getAttributeValue("method") : "";
      String target = tag.getAttributeValue(attribute);
      int begin = target == null ? -1 : target.indexOf(PATH);
      Optional<Caller> viewer = Viewer.find();
      if (begin < 0 || of == null || !of.contains(kind) || viewer.isEmpty()) {
        return;
      }
      String path = target.substring(begin).replaceFirst("[?#].*", "");
      if (!ConsolePermissions.admits(viewer.get(), method, path)) {
        structure.removeElement();
      }
    }
  }
}
