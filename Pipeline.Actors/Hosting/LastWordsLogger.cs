using Akka.Event;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// What Akka logs with before the real loggers are up and after they are gone. Its own writes to stdout, whatever
/// <c>stdout-loglevel</c> says, once loggers are being stopped; stdout belongs to the answers of verbs.
/// </summary>
public sealed class LastWordsLogger : MinimalLogger
{
    protected override void Log(object message)
    {
        if (message is LogEvent said && said.LogLevel() >= Akka.Event.LogLevel.WarningLevel)
        {
            Console.Error.WriteLine(said);
        }
    }
}
