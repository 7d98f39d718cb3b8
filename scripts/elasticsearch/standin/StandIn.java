package standin;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.PreConfiguredTokenizer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.plugins.ScriptPlugin;
import org.elasticsearch.script.DocReader;
import org.elasticsearch.script.ScoreScript;
import org.elasticsearch.script.ScriptContext;
import org.elasticsearch.script.ScriptEngine;
import org.elasticsearch.script.VectorScoreScriptUtils;

/**
 * In place of the modules analysis-common and lang-painless, which are not on Maven Central: the
 * filters, tokenizers and functions of vectors that suoyin uses. Those are Lucene's and the server's
 * own classes; only their names are wired here, so Painless itself is tested on a full distribution.
 */
public class StandIn extends Plugin implements AnalysisPlugin, ScriptPlugin {
  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    AnalysisProvider<TokenFilterFactory> prefixes =
        (index, environment, name, settings) -> {
          int min = settings.getAsInt("min_gram", 1);
          int max = settings.getAsInt("max_gram", 2);
          boolean keep = settings.getAsBoolean("preserve_original", false);
          return filter(name, tokens -> new EdgeNGramTokenFilter(tokens, min, max, keep));
        };
    AnalysisProvider<TokenFilterFactory> truncate =
        (index, environment, name, settings) -> {
          int length = settings.getAsInt("length", -1);
          if (length <= 0) throw new IllegalArgumentException("length parameter must be provided");
          return filter(name, tokens -> new TruncateTokenFilter(tokens, length));
        };
    return Map.of(
        "edge_ngram", prefixes, "truncate", AnalysisPlugin.requiresAnalysisSettings(truncate));
  }

  private static TokenFilterFactory filter(String name, UnaryOperator<TokenStream> create) {
    return new TokenFilterFactory() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public TokenStream create(TokenStream tokens) {
        return create.apply(tokens);
      }
    };
  }

  @Override
  public List<PreConfiguredTokenizer> getPreConfiguredTokenizers() {
    return List.of(
        PreConfiguredTokenizer.singleton("keyword", KeywordTokenizer::new),
        PreConfiguredTokenizer.singleton("whitespace", WhitespaceTokenizer::new));
  }

  @Override
  public ScriptEngine getScriptEngine(Settings settings, Collection<ScriptContext<?>> contexts) {
    return new Scores();
  }

  /** Scripts of the form `double d = FUNCTION(params.v, 'FIELD'); return FORMULA;`. */
  private static class Scores implements ScriptEngine {
    private static final Pattern SOURCE =
        Pattern.compile("double d = (\\w+)\\(params\\.v, '(\\w+)'\\); return (.*);");
    private static final Map<String, DoubleUnaryOperator> FORMULAS =
        Map.of(
            "(1 + d) / 2", d -> (1 + d) / 2,
            "1 / (1 + d * d)", d -> 1 / (1 + d * d),
            "1 / (1 + d)", d -> 1 / (1 + d),
            "d < 0 ? 1 / (1 - d) : 1 + d", d -> d < 0 ? 1 / (1 - d) : 1 + d);

    @Override
    public String getType() {
      return "painless";
    }

    @Override
    public Set<ScriptContext<?>> getSupportedContexts() {
      return Set.of(ScoreScript.CONTEXT);
    }

    @Override
    public <T> T compile(
        String name, String source, ScriptContext<T> context, Map<String, String> options) {
      Matcher parts = SOURCE.matcher(source);
      DoubleUnaryOperator formula = parts.matches() ? FORMULAS.get(parts.group(3)) : null;
      if (formula == null) throw new IllegalArgumentException("not wired: " + source);
      ScoreScript.Factory factory =
          (params, lookup) ->
              new ScoreScript.LeafFactory() {
                @Override
                public boolean needs_score() {
                  return false;
                }

                @Override
                public boolean needs_termStats() {
                  return false;
                }

                @Override
                public ScoreScript newInstance(DocReader reader) throws IOException {
                  return new ScoreScript(params, lookup, reader) {
                    private DoubleSupplier distance;

                    @Override
                    public double execute(ExplanationHolder explanation) {
                      if (distance == null) {
                        distance = function(this, parts.group(1), parts.group(2));
                      }
                      return formula.applyAsDouble(distance.getAsDouble());
                    }
                  };
                }
              };
      return context.factoryClazz.cast(factory);
    }

    private static DoubleSupplier function(ScoreScript script, String name, String field) {
      Object vector = script.getParams().get("v");
      return switch (name) {
        case "cosineSimilarity" ->
            new VectorScoreScriptUtils.CosineSimilarity(script, vector, field)::cosineSimilarity;
        case "l2norm" -> new VectorScoreScriptUtils.L2Norm(script, vector, field)::l2norm;
        case "dotProduct" ->
            new VectorScoreScriptUtils.DotProduct(script, vector, field)::dotProduct;
        case "hamming" -> new VectorScoreScriptUtils.Hamming(script, vector, field)::hamming;
        default -> throw new IllegalArgumentException("not wired: " + name);
      };
    }
  }
}
