"""The network of the engine `multi`, in the folder of that name; `newsbot.entities.engines.multi_engine` reads it."""
