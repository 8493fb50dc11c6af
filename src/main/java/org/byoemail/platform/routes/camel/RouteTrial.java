package org.byoemail.platform.routes.camel;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.properties.PropertiesParser;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.byoemail.platform.routes.RouteProblem;

/**
 * Builds routes on trial in a separate context with the beans, properties and components of the
 * running one. Starts nothing.
 */
final class RouteTrial {
  private final CamelContext running;

  RouteTrial(CamelContext running) {
    this.running = running;
  }

  /** The problems that prevent the files from running together; empty if they can be built. */
  List<RouteProblem> problems(Collection<RouteFile> files) {
    List<RouteProblem> ofIds = RouteFile.idProblems(files);
    if (!ofIds.isEmpty()) {
      return ofIds;
    }
    TrialBeans beans = new TrialBeans(running);
    DefaultCamelContext trial = new DefaultCamelContext(false);
    try {
      prepare(trial, beans);
      Map<String, RouteFile> byLocation = new LinkedHashMap<>();
      for (RouteFile file : files) {
        byLocation.put(file.location(), file);
        try {
          PluginHelper.getRoutesLoader(trial)
              .loadRoutes(ResourceHelper.fromString("file:" + file.location(), file.text()));
        } catch (Exception e) {
          return List.of(RouteFailures.problem(e, file, files));
        }
      }
      List<RouteProblem> problems = new RouteModel(trial).problems(byLocation);
      if (!problems.isEmpty()) {
        return problems;
      }
      trial.init();
      return List.of();
    } catch (Exception e) {
      return List.of(RouteFailures.problem(e, null, files));
    } finally {
      trial.stop();
      beans.giveBack(trial);
    }
  }

  private void prepare(DefaultCamelContext trial, TrialBeans beans) throws Exception {
    trial.disableJMX();
    trial.getCamelContextExtension().setName(running.getName() + "-trial");
    trial.setAutoStartup(false);
    trial.setStartupSummaryLevel(StartupSummaryLevel.Off);
    trial.setLoadTypeConverters(false);
    trial.setApplicationContextClassLoader(running.getApplicationContextClassLoader());
    Registry registry = new DefaultRegistry(beans);
    trial.getCamelContextExtension().setRegistry(registry);
    PropertiesComponent properties = new PropertiesComponent();
    properties.setCamelContext(trial);
    PropertiesParser parser = running.getRegistry().findSingleByType(PropertiesParser.class);
    if (parser != null) {
      properties.setPropertiesParser(parser);
    } else {
      running
          .getPropertiesComponent()
          .loadPropertiesAsMap()
          .forEach(
              (name, value) ->
                  properties.addInitialProperty(String.valueOf(name), String.valueOf(value)));
    }
    trial.setPropertiesComponent(properties);
  }
}
