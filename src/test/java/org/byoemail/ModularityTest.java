package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import org.byoemail.mistakes.MistakesApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

/** Holds the features' directions, as each package-info declares them, against the code. */
@Tag("compute")
class ModularityTest {
  private static final ApplicationModules MODULES =
      ApplicationModules.of(ByoEmailApplication.class);
  private static final ImportOption EVERYTHING = location -> true;

  @Test
  void featuresUseOnlyWhatTheyDeclare() {
    MODULES.verify();
  }

  @Test
  void moduleDiagramIsWritten() {
    new Documenter(MODULES).writeModulesAsPlantUml();

    assertThat(new java.io.File("target/spring-modulith-docs/components.puml")).isNotEmpty();
  }

  @Test
  void undeclaredUseCycleAndUseOfAnotherFeaturesInsideAreCaught() {
    String violations =
        ApplicationModules.of(MistakesApplication.class, EVERYTHING)
            .detectViolations()
            .getMessages()
            .toString();

    assertThat(violations)
        .contains("Module 'outbound' depends on module 'console'")
        .contains("Cycle detected")
        .contains("mistakes.console.Page -> org.byoemail.mistakes.outbound.camel.Adapter");
  }
}
