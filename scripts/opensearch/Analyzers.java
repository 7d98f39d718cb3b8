import java.util.Map;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.ja.JapaneseAnalyzer;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.opensearch.index.analysis.AnalyzerProvider;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.plugins.AnalysisPlugin;
import org.opensearch.plugins.Plugin;

/**
 * Starts a node with the analyzers of the plugins analysis-smartcn and analysis-kuromoji, which Maven Central lacks: as
 * there, they are those of Lucene with its defaults.
 */
public class Analyzers {
  private static class Runner extends OpenSearchRunner {
    Runner() {
      pluginList.add(OfLucene.class);
    }
  }

  public static void main(String[] args) throws Exception {
    OpenSearchRunner runner = new Runner();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        runner.close();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    runner.build(args);
    Thread.currentThread().join();
  }

  public static class OfLucene extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
      return Map.of(
          "smartcn", made(SmartChineseAnalyzer::new),
          "kuromoji", made(JapaneseAnalyzer::new));
    }

    private static AnalysisProvider<AnalyzerProvider<? extends Analyzer>> made(Supplier<Analyzer> maker) {
      return (index, environment, name, settings) -> {
        Analyzer analyzer = maker.get();
        return new AbstractIndexAnalyzerProvider<Analyzer>(index, name, settings) {
          @Override
          public Analyzer get() {
            return analyzer;
          }
        };
      };
    }
  }
}
