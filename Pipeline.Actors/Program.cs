return await Pipeline.Actors.Cli.Mp.RunAsync(args);
